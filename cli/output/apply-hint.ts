import type { RunSummary } from '../../statemachine/contract';
import { deletesToAllow } from '../../wording/deletes-to-allow';
import type { CommandAbout } from '../../wording/next-steps';

/** The command that does what a plan says; empty if there is nothing to do, or if a guard refuses the plan. */
export function describeApply(summary: RunSummary, about: CommandAbout): string {
  const { keptPlan, error } = summary;
  const isRefused = error !== undefined && error.name !== 'SyncIncompleteError';
  if (isRefused || keptPlan === undefined || keptPlan.copies + keptPlan.deletes === 0) return '';
  // all objects but those that failed are done
  const what = error ? 'To do everything else as planned' : 'To do exactly this';
  return `${what}: ${about('apply', ...limitOf(summary))}`;
}

/** Who has seen how much a plan deletes need not be refused for that. */
function limitOf(summary: RunSummary): readonly string[] {
  const deletes = deletesToAllow(summary);
  return deletes === undefined ? [] : ['--max-deletes', `${deletes}`];
}
