import type { FailureGroup } from '../../local/sum-failures';
import { countFailed, NOWHERE, type RunSummary } from '../../statemachine/contract';
import { printable } from '../../statemachine/printable';
import { printNote } from '../output/output';

/**
 * Reads what failed in a run from its report. Somebody who may write reports may not be allowed to read them. Then a note says so,
 * and only the keys of the summary are shown.
 *
 * @param location  of the report: `s3://bucket`, `file:///folder` or `NOWHERE`
 */
export async function readFailures(summary: RunSummary, location: string): Promise<FailureGroup[] | undefined> {
  if (countFailed(summary) === 0 || summary.report === undefined || location === NOWHERE) return undefined;
  const { sumFailuresOf } = await import('../../local/sum-failures');
  return sumFailuresOf(summary.runId, location).catch((error: unknown) => {
    printNote(`The report cannot be read, so the reasons are not shown: ${printable(String(error))}\n`);
    return undefined;
  });
}
