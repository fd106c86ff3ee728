import type { PlanDigest } from '../../local/digest-plan';
import { printable } from '../../statemachine/printable';
import { printNote } from '../output/output';

type DigestPlan = typeof import('../../local/digest-plan');

/**
 * Reads what a plan's report says. Somebody who may write reports may not be allowed to read them. Then a note says so, and only the
 * numbers of the plan are shown.
 */
export async function readDigest(
  read: (from: DigestPlan) => Promise<PlanDigest | undefined>,
): Promise<PlanDigest | undefined> {
  const digestPlan = await import('../../local/digest-plan');
  return read(digestPlan).catch((error: unknown) => {
    printNote(`The plan's report cannot be read, so no keys are shown: ${printable(String(error))}\n`);
    return undefined;
  });
}
