import type { OverridableField } from '../statemachine/input/narrowing';
import type { MirrorInput } from './mirror-input';
import type { SyncLocation } from './sync-location';
import type { SyncSchedule } from './sync-schedule';

/** A source, and the destination to make equal to it. */
export interface SyncMirror {
  /** Bucket to read, or a folder of it. No run writes to it. */
  readonly source: SyncLocation;

  /** Bucket to make equal to the source, or a folder of it. */
  readonly destination: SyncLocation;

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
  readonly mayOverride?: OverridableField[];

  /**
   * Whether runs can be undone in AWS: `bucketsync start --undo RUN` brings back what a run replaced, deleted or added. This allows
   * the functions to list and read the former versions of the destination's objects, but not to remove any. It takes versioning at
   * the destination.
   *
   * @default false
   */
  readonly undoable?: boolean;

  /**
   * Schedules that start executions of this mirror.
   *
   * @default none
   */
  readonly schedules?: SyncSchedule[];
}
