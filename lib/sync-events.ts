import type * as events from 'aws-cdk-lib/aws-events';

/** Where events about runs go: `BucketSync Run Started`, `… Succeeded`, `… Failed` and `… Held`. */
export interface SyncEvents {
  /** Bus that gets the events. A bus of another account must allow this account to put events. */
  readonly bus: events.IEventBus;

  /**
   * `source` of the events.
   *
   * @default bucketsync
   */
  readonly source?: string;
}
