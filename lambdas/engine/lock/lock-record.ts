import type { ProcessIdentity } from '../ports/process-identity';
import { recordsIn } from './records';

/** Who is behind the id of a holder. */
export interface LockRecord {
  /** ARN of the execution, or the local runner's equivalent. */
  readonly executionId: string;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly destination: string;
  readonly destinationPrefix: string;
  /** The process of a local run, if the system tells it. */
  readonly process?: ProcessIdentity;
}

export const {
  write: writeRecord,
  find: findRecord,
  remove: removeRecord,
} = recordsIn<LockRecord>('runs', (found) => (found.executionId ? (found as LockRecord) : undefined));
