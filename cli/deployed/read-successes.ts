import { CloudWatchClient, GetMetricStatisticsCommand } from '@aws-sdk/client-cloudwatch';
import { ask } from '../../local/doctor/ask';
import type { Answer } from '../../local/doctor/finding';
import type { MirrorFacts } from '../../local/doctor/stack-facts';
import { isSuccessOf } from '../../local/doctor/success';
import { requestHandler } from '../../local/network';
import type { DeployedMirror } from '../../statemachine/input/deployed-mirrors';
import { METRIC_NAMESPACE, MIRROR_DIMENSION } from '../../statemachine/metrics';
import { nameMirror } from '../../wording/name-mirror';
import { type ConnectionOptions, clientSettings } from './clients';
import { readEndedRun } from './ended-run';
import { listExecutions } from './executions';
import type { StateMachine } from './state-machine';

const HOUR_MS = 3_600_000;
const DAYS = 31;
/** The newest successful executions, of which some may be plans. */
const LOOKED_AT = 20;

/** When each mirror was last brought up to date, by the metric; without one by the executions. */
export async function readMirrors(
  mirrors: readonly DeployedMirror[],
  stateMachine: StateMachine,
  options: ConnectionOptions,
  now: number,
): Promise<MirrorFacts[]> {
  const settings = await clientSettings(options, stateMachine.arn);
  const client = new CloudWatchClient({ ...settings, requestHandler: requestHandler() });
  const facts: MirrorFacts[] = [];
  for (const mirror of mirrors) {
    const name = nameMirror(mirror.input);
    const byMetric = await readMetric(name, client, now);
    const known = 'value' in byMetric && byMetric.value !== undefined;
    const lastSuccess = known ? byMetric : await readExecutions(mirror, stateMachine, byMetric);
    facts.push({ name, maxConcurrency: mirror.input.maxConcurrency, lastSuccess });
  }
  return facts;
}

/** To the hour: the end of the last hour with a success. */
function readMetric(name: string, client: CloudWatchClient, now: number): Promise<Answer<number | undefined>> {
  const command = new GetMetricStatisticsCommand({
    Namespace: METRIC_NAMESPACE,
    MetricName: 'RunSucceeded',
    Dimensions: [{ Name: MIRROR_DIMENSION, Value: name }],
    StartTime: new Date(now - DAYS * 24 * HOUR_MS),
    EndTime: new Date(now),
    Period: HOUR_MS / 1000,
    Statistics: ['Sum'],
  });
  return ask('cloudwatch:GetMetricStatistics', async () => {
    const { Datapoints = [] } = await client.send(command);
    const times = Datapoints.flatMap(({ Sum = 0, Timestamp }) => (Sum > 0 && Timestamp ? Timestamp.getTime() : []));
    return times.length === 0 ? undefined : Math.min(now, Math.max(...times) + HOUR_MS);
  });
}

async function readExecutions(
  mirror: DeployedMirror,
  stateMachine: StateMachine,
  byMetric: Answer<number | undefined>,
): Promise<Answer<number | undefined>> {
  const found = await ask('states:ListExecutions and states:DescribeExecution', async () => {
    const query = { statusFilter: 'SUCCEEDED', maxResults: LOOKED_AT } as const;
    for (const { executionArn = '', startDate } of newestFirst(await listExecutions(stateMachine, query))) {
      const summary = await readEndedRun({ arn: executionArn, stateMachine });
      if (!summary || !isSuccessOf(summary, mirror)) continue;
      return Date.parse(summary.startedAt ?? startDate?.toISOString()) + summary.elapsedMs;
    }
    return undefined;
  });
  // an answer is better than a reason
  return 'value' in found || !('value' in byMetric) ? found : byMetric;
}

function newestFirst<T extends { readonly startDate?: Date | undefined }>(executions: readonly T[]): T[] {
  return executions.toSorted((a, b) => (b.startDate?.getTime() ?? 0) - (a.startDate?.getTime() ?? 0));
}
