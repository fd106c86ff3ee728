import type { Run } from '../../statemachine/contract';
import type { SyncRequest } from '../../statemachine/input/sync-input';
import { formatS3Url } from '../../wording/s3-url';
import { shellWord } from '../../wording/shell-word';
import { shortId } from './short-id';

const AGAIN = { SIGINT: 'press Ctrl-C again', SIGTERM: 'send SIGTERM again' } as const;

/** What the first stop signal does. */
export function describeStop(signal: keyof typeof AGAIN, request: Pick<SyncRequest, 'dryRun'>): string {
  const lock = request.dryRun ? '' : ', and gives its lock back';
  return `Stopping: the run finishes what it has begun${lock}.\nTo stop at once, ${AGAIN[signal]}.`;
}

/** What a run has left that was stopped at once. */
export interface LeftBehind {
  readonly request: SyncRequest;
  /** Absent: it had not begun. */
  readonly run?: Pick<Run, 'id' | 'lockId' | 'input'>;
  /** The command that repeats the run. Absent: nobody can go on with it. */
  readonly again?: string;
  /** Options of `unlock` that say where the run worked. */
  readonly places: readonly string[];
}

export function describeStopAtOnce({ request, run, again, places }: LeftBehind): string {
  if (request.dryRun) return 'Stopped at once. Nothing was written, and there is no lock.\n';
  if (again === undefined) return 'Stopped at once.\n';
  const goOn = `To go on, run the same again. Copied objects are not copied twice:\n  ${again}\n`;
  if (!run) {
    const lock = 'If the run had taken its lock already, the next run takes it over.';
    return `Stopped at once, before the run began. Nothing was copied or deleted.\n${lock}\n${goOn}`;
  }
  if (run.lockId === undefined) return `Stopped run ${shortId(run.id)} at once.\n${goOn}`;
  const { destination, destinationPrefix } = run.input;
  const unlock = [
    'bucketsync',
    'unlock',
    shellWord(formatS3Url(destination, destinationPrefix || undefined)),
    ...places,
  ];
  return (
    `Stopped run ${shortId(run.id)} at once.\nIt has left its lock, which the next run takes over.\n${goOn}` +
    `To remove only the lock:\n  ${unlock.join(' ')}\n`
  );
}
