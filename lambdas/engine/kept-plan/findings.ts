import type { KeptPlan, RunSummary } from '../../../statemachine/contract';
import { sha256 } from './plan-index';

/** What a run that applies a plan takes from the plan's summary. */
export type Findings = Pick<RunSummary, 'startedAt' | 'wrote' | 'input' | 'deployed' | 'phases'>;

/**
 * The checksum of all that `apply` takes from a summary: percentages are of what the plan has found, and no part of it says that. So a
 * summary that somebody has edited is noticed.
 */
export function sumOfFindings({ startedAt, wrote, input, deployed, phases }: Findings, plan: KeptPlan): string {
  const { id, sha256: ofIndex, copies, restores, deletes } = plan;
  return sha256(
    JSON.stringify([startedAt, wrote, input, deployed ?? null, phases[0], id, ofIndex, copies, restores, deletes]),
  );
}
