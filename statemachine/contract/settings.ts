/** Beginning of the key names that permissions are tested with. No object ever has such a name. */
export const PROBE_NAME = '.bucketsync-probe-';

/** Environment variables of the functions, and of the local runner's workers. */
export const ENVIRONMENT = {
  /** Where reports and the lock are: `s3://bucket`, `file:///folder` or `NOWHERE`. */
  reportLocation: 'BUCKETSYNC_REPORT_LOCATION',
  /** Where requests name a bucket: one of `ADDRESSING_STYLES`. Not set: `auto`. */
  addressingStyle: 'BUCKETSYNC_ADDRESSING_STYLE',
  /** Comma-separated milliseconds: the budgets of the first rounds. The last one applies to all later rounds. */
  roundBudgetsMs: 'BUCKETSYNC_ROUND_BUDGETS_MS',
  /** Ranges that can run at the same time, if something else than `maxConcurrency` limits them. */
  rangesAtOnce: 'BUCKETSYNC_RANGES_AT_ONCE',
  /** Keys on a list page, 1 to 1,000. Tests use less than 1,000. */
  pageSize: 'BUCKETSYNC_PAGE_SIZE',
  /**
   * The deployed mirrors, for `ValidateInput`, and for `FinishRun` if it tells others of runs: a JSON list of objects with fields of the input and `mayOverride`.
   * Not set: an execution may mirror anything.
   */
  mirrors: 'BUCKETSYNC_MIRRORS',
  /** Which metrics `FinishRun` publishes: one of `METRIC_SETS`. Not set: none. */
  metrics: 'BUCKETSYNC_METRICS',
  /** How much the functions write to their log: one of `LOG_LEVELS`. Not set: nothing. */
  logLevel: 'BUCKETSYNC_LOG_LEVEL',
  /** Whom `FinishRun` sends messages about ended runs: the JSON of `MessageSettings`. Not set: nobody. */
  messages: 'BUCKETSYNC_MESSAGES',
  /** Where `ValidateInput` and `FinishRun` send events about runs: the JSON of `EventSettings`. Not set: nowhere. */
  events: 'BUCKETSYNC_EVENTS',
  /** Account that must own the bucket of the report location. Not set: any. */
  reportOwner: 'BUCKETSYNC_REPORT_OWNER',
  /** How to reach each side, if not as the environment says: the JSON of `SideSetting`s. */
  sides: 'BUCKETSYNC_SIDES',
  /** Memory of the functions that work on ranges, in MiB, if it is not `RANGE_MEMORY_MIB`. */
  rangeMemoryMib: 'BUCKETSYNC_RANGE_MEMORY_MIB',
} as const;

/** A report location that keeps nothing, for a local plan that has no other. */
export const NOWHERE = 'nowhere:';

/**
 * Memory of the functions that work on ranges, in MiB. With 1,769 or more, a function has a whole core. The handlers run on
 * one thread, so more cores would not help.
 */
export const RANGE_MEMORY_MIB = 1792;

/**
 * Budgets of the rounds in AWS, in milliseconds. They grow, so that round one completes a small bucket and the rest is split
 * soon. A round of several ranges is a Distributed Map, which takes about seven seconds to begin and end, so the first
 * budget is longer. A round lasts as long as its longest range, so the next ones have one minute; then what is left is dealt
 * anew. Only runs that could fill their history get more. After the longest budget, a Lambda of 15 minutes still has time to
 * finish what it has begun.
 */
export const ROUND_BUDGETS_MS: readonly number[] = [
  20_000,
  ...Array<number>(4).fill(60_000),
  ...Array<number>(7).fill(120_000),
  ...Array<number>(8).fill(240_000),
  600_000,
];
