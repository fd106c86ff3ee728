import { measureRun } from '../../lambdas/engine/report/measure-run';
import type { RunSummary } from '../../statemachine/contract';
import type { DeployedMirror } from '../../statemachine/input/deployed-mirrors';
import type { SyncInput } from '../../statemachine/input/sync-input';

/** Whether a run brought all of the mirror up to date, by the rule of the metric `RunSucceeded`. */
export function isSuccessOf(summary: RunSummary, mirror: DeployedMirror): boolean {
  const run = { input: summary.input as SyncInput };
  const metrics = measureRun(summary, run, { mirrors: [mirror], set: 'essential', now: 0 });
  return (metrics as { RunSucceeded?: number } | undefined)?.RunSucceeded === 1;
}
