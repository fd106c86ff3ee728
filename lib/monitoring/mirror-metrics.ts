import { Duration, Token } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { METRIC_NAMESPACE, type MetricName, MIRROR_DIMENSION } from '../../statemachine/metrics';
import { nameMirror } from '../../wording/name-mirror';
import { toLocation } from '../sync-location';
import type { SyncMirror } from '../sync-mirror';

/** Options of a metric, and the mirror that it is about. */
export interface MirrorMetricOptions extends cloudwatch.MetricOptions {
  /**
   * Number of the mirror in `mirrors`, from 0.
   *
   * @default 0
   */
  readonly mirror?: number;

  /**
   * Name of the mirror among the metrics, instead of `mirror`: the place that it writes to, `s3://my-production/site`. An imported
   * state machine requires it, because nothing else tells its mirrors.
   *
   * @default the name of `mirror`
   */
  readonly mirrorName?: string;
}

/** How the values of the runs in a period become one. */
const STATISTICS: Readonly<Record<MetricName, string>> = {
  RunSucceeded: cloudwatch.Stats.SUM,
  RunDuration: cloudwatch.Stats.MAXIMUM,
  ObjectsCopied: cloudwatch.Stats.SUM,
  BytesCopied: cloudwatch.Stats.SUM,
  ObjectsDeleted: cloudwatch.Stats.SUM,
  ObjectsFailed: cloudwatch.Stats.SUM,
  RunsGuarded: cloudwatch.Stats.SUM,
  ObjectsDrifted: cloudwatch.Stats.SUM,
  ObjectsListed: cloudwatch.Stats.SUM,
  ObjectsUnchanged: cloudwatch.Stats.SUM,
  ObjectsSkipped: cloudwatch.Stats.SUM,
  EstimatedCost: cloudwatch.Stats.SUM,
  Requests: cloudwatch.Stats.SUM,
};

/** A metric of the runs of a mirror. */
export function mirrorMetric(
  mirror: SyncMirror,
  name: MetricName,
  options: cloudwatch.MetricOptions = {},
): cloudwatch.Metric {
  return createMetric(valueOfDimension(mirror), name, options);
}

/** @param mirrorName  as `FinishRun` writes it */
export function createMetric(
  mirrorName: string,
  name: MetricName,
  options: cloudwatch.MetricOptions,
): cloudwatch.Metric {
  return new cloudwatch.Metric({
    namespace: METRIC_NAMESPACE,
    metricName: name,
    dimensionsMap: { [MIRROR_DIMENSION]: mirrorName },
    statistic: STATISTICS[name],
    period: Duration.hours(1),
    ...options,
  });
}

/** What `FinishRun` writes for the mirror. CloudFormation fills in the name of a bucket that the stack creates. */
export function valueOfDimension({ destination }: SyncMirror): string {
  const { bucket, prefix = '' } = toLocation(destination);
  const place = { destination: bucket.bucketName, destinationPrefix: prefix };
  if (!Token.isUnresolved(place.destination) && !Token.isUnresolved(prefix)) return nameMirror(place);
  return nameMirror({ ...place, destination: 'BUCKET' }).replace('BUCKET', () => place.destination);
}
