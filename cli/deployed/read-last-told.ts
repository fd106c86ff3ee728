import { ask } from '../../local/doctor/ask';
import type { DistributionFacts } from '../../local/doctor/distribution-facts';
import type { RunSummary } from '../../statemachine/contract';
import { readEndedRun } from './ended-run';
import { listExecutions } from './executions';
import type { StateMachine } from './state-machine';

/** The newest executions, of which most may have changed nothing. */
const LOOKED_AT = 20;

/** How the newest invalidation of a distribution went: runs say so in their summaries. */
export function readLastTold(
  distribution: string,
  stateMachine: StateMachine,
): Promise<NonNullable<DistributionFacts['lastTold']>> {
  return ask('states:ListExecutions and states:DescribeExecution', async () => {
    for (const { executionArn = '' } of await listExecutions(stateMachine, { maxResults: LOOKED_AT })) {
      const told = toldBy(await readEndedRun({ arn: executionArn, stateMachine }), distribution);
      if (told !== undefined) return told;
    }
    return undefined;
  });
}

/** Undefined: it had nothing to invalidate. */
function toldBy(summary: RunSummary | undefined, distribution: string): true | string | undefined {
  const { invalidation, warnings = [] } = summary ?? {};
  if (invalidation?.distribution !== distribution) return undefined;
  const untold = warnings.find(({ name }) => name === 'not-invalidated');
  return untold?.message ?? (invalidation.ids.length > 0 || undefined);
}
