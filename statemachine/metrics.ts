export const METRIC_NAMESPACE = 'BucketSync';

/** The only dimension, so that a metric costs the same for any number of runs. `wording/name-mirror` makes its values. */
export const MIRROR_DIMENSION = 'Mirror';

/** CloudWatch's names of units. */
export type MetricUnit = 'Count' | 'Seconds' | 'Bytes' | 'None';

/** What an alarm on silence and a look at a mirror need. */
export const ESSENTIAL_METRICS = {
  /** 1 if all of the mirror is up to date after the run, otherwise 0. */
  RunSucceeded: 'Count',
  RunDuration: 'Seconds',
  ObjectsCopied: 'Count',
  BytesCopied: 'Bytes',
  ObjectsDeleted: 'Count',
  ObjectsFailed: 'Count',
} as const satisfies Readonly<Record<string, MetricUnit>>;

/** Published only if they are not zero. CloudWatch charges a metric for the hours in which it has values, so these cost almost nothing. */
export const RARE_METRICS = {
  /** 1 if a guard refused the plan. */
  RunsGuarded: 'Count',
  /** Objects that a verify phase found to differ, or to be left. */
  ObjectsDrifted: 'Count',
} as const satisfies Readonly<Record<string, MetricUnit>>;

export const MORE_METRICS = {
  ObjectsListed: 'Count',
  ObjectsUnchanged: 'Count',
  ObjectsSkipped: 'Count',
  /** US dollars, at list prices. */
  EstimatedCost: 'None',
  Requests: 'Count',
} as const satisfies Readonly<Record<string, MetricUnit>>;

export const METRIC_UNITS: Readonly<Record<MetricName, MetricUnit>> = {
  ...ESSENTIAL_METRICS,
  ...RARE_METRICS,
  ...MORE_METRICS,
};

export type MetricName = keyof typeof ESSENTIAL_METRICS | keyof typeof RARE_METRICS | keyof typeof MORE_METRICS;

export const METRIC_SETS = ['essential', 'all'] as const;
/** Which metrics of a run are published. */
export type MetricSet = (typeof METRIC_SETS)[number];

/** The metrics of a set, in their order, with those that are published only if they are not zero. */
export function metricsOf(set: MetricSet): MetricName[] {
  const more = set === 'all' ? MORE_METRICS : {};
  return Object.keys({ ...ESSENTIAL_METRICS, ...RARE_METRICS, ...more }) as MetricName[];
}
