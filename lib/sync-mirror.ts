import type { OverridableField } from '../statemachine/input/narrowing';
import type { SyncRequest } from '../statemachine/input/sync-input';
import type { BucketOrLocation } from './sync-location';
import type { SyncSchedule } from './sync-schedule';

/** All fields of an execution's input that do not name a folder and can apply to every execution. */
export type MirrorInput = Omit<
  SyncRequest,
  'source' | 'destination' | 'prefix' | 'destinationPrefix' | 'retry' | 'keys' | 'apply'
>;

/** A source, and the destination to make equal to it. */
export interface SyncMirror {
  /** Bucket to read, or a folder of it. No run writes to it. */
  readonly source: BucketOrLocation;

  /** Bucket to make equal to the source, or a folder of it. */
  readonly destination: BucketOrLocation;

  /**
   * Input of every execution. An execution may narrow it but not widen it.
   *
   * @default the defaults of the input. Each bucket must belong to the account with which it is imported or created
   */
  readonly input?: MirrorInput;

  /**
   * Fields that an execution may set to any value.
   *
   * @default none
   */
  readonly mayOverride?: readonly OverridableField[];

  /**
   * Schedules that start executions of this mirror.
   *
   * @default none
   */
  readonly schedules?: readonly SyncSchedule[];
}
