import type { DeployedMirror } from '../statemachine/input/deployed-mirrors';
import type { RegisteredMirror } from './mirror-registry';
import type { Starts } from './schedule-starts';
import type { SyncMirror } from './sync-mirror';

/** A mirror of a construct, with what has become of its schedules so far. */
export interface ScheduledMirror {
  readonly mirror: SyncMirror;
  readonly deployed: DeployedMirror;
  readonly registered: RegisteredMirror;
  /** Of all schedules that are on and write. Undefined entries are filled in by CloudFormation. */
  readonly starts: (Starts | undefined)[];
  /** Of those whose runs bring all of the mirror up to date. */
  readonly wholeStarts: (Starts | undefined)[];
}
