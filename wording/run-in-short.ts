import { countFailed, type RunSummary } from '../statemachine/contract';
import type { ErrorName } from '../statemachine/errors';
import { describeOutcome, hasWritten, totalsIn } from './describe-outcome';
import { formatCount, formatObjects } from './numbers';

const IN_SHORT: Readonly<Record<ErrorName, string>> = {
  InvalidInputError: 'the input is wrong',
  BucketNotFoundError: 'a bucket does not exist',
  AccessDeniedError: 'a permission is missing',
  SourceEmptyError: 'the source is empty',
  DeleteGuardError: 'it would delete too much',
  OverwriteGuardError: 'it would overwrite too much',
  CostGuardError: 'it would cost too much',
  StrictError: 'a folder or a glob matches nothing',
  NotConfirmedError: 'nobody confirmed the plan',
  AlreadyRunningError: 'another run is at work',
  HeldError: 'somebody holds the destination',
  LockUnsupportedError: 'the destination cannot keep a lock',
  ListingError: 'a bucket could not be listed to its end',
  SyncIncompleteError: 'some objects failed',
  DriftError: 'objects differ after the run',
  InterruptedError: 'the run was stopped',
  RunNameTakenError: 'another run has the same name',
  ContractVersionError: 'the stack was deployed meanwhile',
  CredentialsExpiredError: 'the credentials have expired',
  ReportLocationError: 'the report could not be written',
  PlanChangedError: 'somebody changed the kept plan',
  PlanOutdatedError: 'objects have changed since the plan',
  UndoIncompleteError: 'some objects could not be undone',
};

/**
 * How a run ended, for one line: `3 of 120,402 objects failed (AccessDenied)`.
 *
 * @param code  S3's code for most of the objects that failed, if it is known
 */
export function runInShort(summary: RunSummary, code?: string): string {
  const { error } = summary;
  if (!error) return describeOutcome(summary);
  const failed = countFailed(summary);
  if (error.name === 'SyncIncompleteError' && failed > 0)
    return `${describeFailed(summary, failed)} (${code ?? error.name})`;
  const drifted = countDrifted(summary);
  if (error.name === 'DriftError' && drifted > 0)
    return `${formatObjects(drifted)} ${drifted === 1 ? 'differs' : 'differ'} after the run (DriftError)`;
  const what = IN_SHORT[error.name as ErrorName];
  const untouched = hasWritten(summary) ? '' : ', nothing was written';
  return what === undefined ? `${error.name}${untouched}` : `${what}${untouched} (${error.name})`;
}

/** What a verify phase found: objects that differ, and orphans that are left. */
export function countDrifted({ phases }: Pick<RunSummary, 'phases'>): number {
  const verified = phases.filter(({ name }) => name === 'verify');
  return verified.reduce((sum, { copy, delete: deletes }) => sum + copy.copied + deletes.deleted, 0);
}

/** Of the objects that the loops have looked at in which objects failed. */
function describeFailed(summary: RunSummary, failed: number): string {
  const loops = [totalsIn(summary, 'copy'), totalsIn(summary, 'delete')].filter((loop) => loop.failed > 0);
  const all = loops.reduce((sum, { listed }) => sum + listed, 0);
  return all > failed ? `${formatCount(failed)} of ${formatObjects(all)} failed` : `${formatObjects(failed)} failed`;
}
