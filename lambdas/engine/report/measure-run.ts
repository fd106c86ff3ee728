import { type Counters, countFailed, type Run, type RunSummary } from '../../../statemachine/contract';
import { GUARD_ERRORS } from '../../../statemachine/errors';
import type { DeployedMirror } from '../../../statemachine/input/deployed-mirrors';
import { isWhole } from '../../../statemachine/input/is-whole';
import { mirrorOf } from '../../../statemachine/input/mirror-of';
import {
  METRIC_NAMESPACE,
  METRIC_UNITS,
  type MetricName,
  type MetricSet,
  MIRROR_DIMENSION,
  metricsOf,
  RARE_METRICS,
} from '../../../statemachine/metrics';
import { nameMirror } from '../../../wording/name-mirror';
import { countDrifted } from '../../../wording/run-in-short';

/**
 * The metrics of a run, as one line of CloudWatch's embedded metric format: CloudWatch reads them from the log, so they cost no
 * request and no permission. It also has fields that a person looks for in the log.
 *
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 *
 * @param run  undefined: `ValidateInput` has rejected the run
 * @returns undefined if the run belongs to no deployed mirror
 */
export function measureRun(
  summary: RunSummary,
  run: Pick<Run, 'input' | 'deployed'> | undefined,
  {
    mirrors = [],
    set,
    now,
  }: { readonly mirrors?: readonly DeployedMirror[]; readonly set: MetricSet; readonly now: number },
): object | undefined {
  const mirror = mirrorOf(summary.input, mirrors);
  if (!mirror) return undefined;
  const isSuccess = run !== undefined && summary.status === 'succeeded' && isWhole(run, mirror);
  const values = valuesOf(summary, isSuccess);
  const names = metricsOf(set).filter((name) => !Object.hasOwn(RARE_METRICS, name) || values[name] !== 0);
  const metrics = names.map((name) => ({ Name: name, Unit: METRIC_UNITS[name] }));
  return {
    _aws: {
      Timestamp: now,
      CloudWatchMetrics: [{ Namespace: METRIC_NAMESPACE, Dimensions: [[MIRROR_DIMENSION]], Metrics: metrics }],
    },
    [MIRROR_DIMENSION]: nameMirror(mirror.input),
    ...Object.fromEntries(metrics.map(({ Name }) => [Name, values[Name]])),
    runId: summary.runId,
    status: summary.status,
    ...(summary.error && { error: summary.error.name }),
    ...(summary.report !== undefined && { report: summary.report }),
  };
}

function valuesOf(summary: RunSummary, isSuccess: boolean): Readonly<Record<MetricName, number>> {
  const { phases, totals, error, wrote } = summary;
  return {
    RunSucceeded: isSuccess ? 1 : 0,
    RunDuration: summary.elapsedMs / 1000,
    ObjectsCopied: wrote ? totals.copied : 0,
    BytesCopied: wrote ? totals.copiedBytes : 0,
    ObjectsDeleted: wrote ? totals.deleted : 0,
    ObjectsFailed: countFailed(summary),
    ObjectsListed: totals.listed,
    ObjectsUnchanged: totals.unchanged,
    ObjectsSkipped: totals.skipped,
    RunsGuarded: error && GUARD_ERRORS.includes(error.name) ? 1 : 0,
    ObjectsDrifted: countDrifted(summary),
    EstimatedCost: summary.estimatedCostUsd.total,
    Requests: phases.reduce((sum, { copy, delete: deletes }) => sum + countRequests(copy) + countRequests(deletes), 0),
  };
}

function countRequests({ requests }: Counters): number {
  return Object.values(requests).reduce((sum, count) => sum + count, 0);
}
