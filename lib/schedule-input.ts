import type { MirrorInput } from './mirror-input';

/** Input of the executions that a schedule starts. It may narrow what is deployed. */
export interface ScheduleInput extends MirrorInput {
  /**
   * A sub-folder of the source: mirror only it.
   *
   * @default the folder of the mirror
   */
  readonly prefix?: string;

  /**
   * The same sub-folder at the destination.
   *
   * @default the one that `prefix` means
   */
  readonly destinationPrefix?: string;

  /**
   * `s3://bucket/key` of a list of keys: look only at these.
   *
   * @default all keys
   */
  readonly keys?: string;
}
