import { createHash } from 'node:crypto';
import {
  addCounters,
  type CaughtError,
  type Counters,
  emptyCounters,
  type Invalidation,
  type Phase,
  type Run,
  type RunState,
  type RunWarning,
  type SentInvalidation,
} from '../../../statemachine/contract';
import { printableLine } from '../../../statemachine/printable';
import { writesNothing } from '../../../statemachine/writes-nothing';
import type { Host } from '../ports/host';
import { hasLostAttempts } from '../report/lost-attempts';
import { mayHaveLeftWork } from '../run/caught-errors';
import type { KeyToChange, WantedKeys } from './changed-keys';
import { collectPaths } from './collect-paths';
import { foretellPaths } from './foretell';
import { copiedIn, deletedIn, isPage } from './keys-of-phases';
import type { InvalidateInput } from './paths-of-key';

/**
 * How long a run waits for the edges, and until CloudFront accepts an invalidation. Most edges need less than a minute, and the copies are
 * complete in any case.
 */
const LONGEST_WAIT_MS = 60_000;
const BETWEEN_LOOKS_MS = 5_000;
/** Left for the rest of the Task. */
const CLOSING_MS = 40_000;

/** CloudFront knows the reference, with other paths. */
const REFERENCE_TAKEN = 'InvalidationBatchAlreadyExists';

/** CloudFront accepts no more for the moment: it works on 15 wildcards at a time, perhaps those of another run. */
const BUSY: ReadonlySet<string> = new Set([
  ...['TooManyInvalidationsInProgress', 'Throttling', 'ThrottlingException', 'TooManyRequestsException'],
  ...['ServiceUnavailable', 'InternalError'],
]);

type InvalidatingHost = Pick<Host, 'runStore' | 'invalidator' | 'log' | 'now' | 'wait' | 'remainingMs'>;

/**
 * Invalidates what a run has changed, once everything is copied, and before anything is deleted that pages refer to. If pages are
 * deleted in a phase of their own, it has ended by now. If not, those that are about to be deleted are invalidated here, too.
 *
 * @param ended  the phase that has ended
 * @returns the run, which knows what was sent. If nothing was, the end of the run tries again
 */
export async function invalidateBeforeDeletes(
  { run, phases, done, error }: RunState,
  ended: Phase,
  host: InvalidatingHost,
): Promise<Run> {
  const { invalidate } = run.input;
  const isDue = ended.write && phases[0]?.name === 'deletes' && error === undefined;
  if (!invalidate || !isDue) return run;
  const begun = done.map(({ name }) => name).filter((name) => !writesNothing(name));
  const copied = sum(done, begun, 'copy');
  const isLost = run.plan !== undefined && !areCopiesAccounted(run.plan, copied);
  const pagesGo = run.plan !== undefined && run.plan.deletes > 0;
  const hasGone = begun.includes('first-deletes') ? deletedIn(run, begun, begun) : () => false;
  const isOfPlan = ({ action, key }: KeyToChange) =>
    action === 'delete' ? isPage(key, invalidate) || hasGone(key) : isLost;
  const isUnknown = await mayBeUntold(run, begun, error, host);
  if (copied.copied === 0 && !isLost && !pagesGo && !isUnknown) return { ...run, invalidated: NOTHING_SENT };
  const wanted = { ...wantedOf(begun, invalidate, isLost || pagesGo ? isOfPlan : undefined), isUnknown };
  try {
    return { ...run, invalidated: await send(run, invalidate, 1, wanted, host) };
  } catch (failure) {
    host.log?.('warn', 'CloudFront was not told of what has changed', { error: (failure as Error).name });
    return run;
  }
}

/**
 * Invalidates the changes since the last invalidation. Deleted objects are invalidated here and not earlier, because an edge could have
 * cached them again before they were gone.
 *
 * @param hasWritten  whether a phase that writes has begun
 */
export async function invalidateAtEnd(
  state: RunState,
  hasWritten: boolean,
  host: InvalidatingHost,
): Promise<{ readonly invalidation?: Invalidation; readonly warning?: RunWarning }> {
  const { run } = state;
  const { invalidate } = run.input;
  if (!invalidate) return {};
  const { distribution } = invalidate;
  if (run.input.dryRun) {
    const found = { copy: sum(state.done, ['plan'], 'copy'), delete: sum(state.done, ['plan'], 'delete') };
    return { invalidation: { distribution, paths: await foretellPaths(run, found, host), ids: [] } };
  }
  const before = run.invalidated ?? NOTHING_SENT;
  if (!hasWritten) return { invalidation: { distribution, ...before } };
  const wanted = await wantedAtEnd(state, invalidate, host);
  if (!wanted) return { invalidation: { distribution, ...before } };
  try {
    return { invalidation: { distribution, ...add(before, await send(run, invalidate, 2, wanted, host)) } };
  } catch (failure) {
    return { invalidation: { distribution, ...before }, warning: describeFailure(failure as Error, distribution) };
  }
}

const NOTHING_SENT: SentInvalidation = { paths: 0, ids: [] };

function describeFailure({ name, message }: Error, distribution: string): RunWarning {
  const why = printableLine(`${name}: ${message}`);
  return {
    name: 'not-invalidated',
    message: `CloudFront was not told what has changed, so ${distribution} may show former versions until they expire (${why})`,
  };
}

/** @returns undefined if nothing can have changed */
async function wantedAtEnd(
  state: RunState,
  invalidate: InvalidateInput,
  host: InvalidatingHost,
): Promise<WantedKeys | undefined> {
  const { run, done, phases, error } = state;
  const brokenOff = error !== undefined && phases[0]?.write ? [phases[0].name] : [];
  const begun = [...done.map(({ name }) => name), ...brokenOff].filter((name) => !writesNothing(name));
  const isTold = run.invalidated !== undefined;
  const left = isTold ? begun.filter((name) => name === 'deletes') : begun;
  const [copies, deletes] = [sum(done, left, 'copy'), sum(done, left, 'delete')];
  const { plan } = run;
  const isCopyLost = plan !== undefined && !isTold && !areCopiesAccounted(plan, copies);
  const hasDeletes = left.some((name) => name === 'sync' || name.endsWith('deletes'));
  const { deleted, failed, outdated = 0 } = sum(done, begun, 'delete');
  const isDeleteLost = plan !== undefined && hasDeletes && deleted + failed - outdated < plan.deletes;
  const [isCopied, isDeleted] = [copiedIn(run, left), deletedIn(run, begun, left)];
  const isOfPlan = ({ action, key }: KeyToChange) =>
    action === 'delete' ? isDeleteLost && isDeleted(key) : isCopyLost && isCopied(key);
  const mayBeMore = isCopyLost || isDeleteLost;
  if (left.length === 0) return undefined;
  const isUnknown = await mayBeUntold(run, left, error, host);
  if (copies.copied + deletes.deleted === 0 && !mayBeMore && !isUnknown && !error) return undefined;
  return { ...wantedOf(left, invalidate, mayBeMore ? isOfPlan : undefined), isUnknown };
}

/** Whether an attempt was killed that may have written something, in a run without a plan that would say what. */
async function mayBeUntold(
  run: Run,
  phases: readonly Phase['name'][],
  error: CaughtError | undefined,
  { runStore }: InvalidatingHost,
): Promise<boolean> {
  if (run.plan || runStore.keepsNothing) return false;
  if (error && mayHaveLeftWork(error)) return true;
  return hasLostAttempts(run.id, phases, runStore).catch(() => true);
}

function wantedOf(
  phases: readonly Phase['name'][],
  { newPaths }: InvalidateInput,
  fromPlan: WantedKeys['fromPlan'],
): WantedKeys {
  return { phases: new Set(phases), outcome: 'done', newKeys: newPaths, fromPlan };
}

/** @throws Error  CloudFront has not accepted it */
async function send(
  run: Run,
  invalidate: InvalidateInput,
  number: 1 | 2,
  wanted: WantedKeys,
  host: InvalidatingHost,
): Promise<SentInvalidation> {
  const { distribution, tags } = invalidate;
  const paths = await collectPaths(run, invalidate, wanted, host);
  if (paths.length === 0) return NOTHING_SENT;
  const items = [...paths, ...tags];
  const reference = `bucketsync-${run.id}-${number}`;
  const id = await unlessBusy(() => create(distribution, reference, items, host), host);
  const completed = invalidate.wait ? { completed: await isCompleted(distribution, id, host) } : {};
  return { paths: items.length, ids: [id], ...completed };
}

/** Nobody sends it later: a run invalidates only its own changes. @throws Error  CloudFront has not accepted it in time */
async function unlessBusy(
  ask: () => Promise<string>,
  host: InvalidatingHost,
  until = lastMoment(host),
): Promise<string> {
  try {
    return await ask();
  } catch (error) {
    if (!BUSY.has((error as Error).name) || host.now() + BETWEEN_LOOKS_MS > until) throw error;
    await host.wait(BETWEEN_LOOKS_MS);
    return unlessBusy(ask, host, until);
  }
}

function lastMoment({ now, remainingMs }: InvalidatingHost): number {
  return now() + Math.min(LONGEST_WAIT_MS, remainingMs() - CLOSING_MS);
}

/**
 * A repeated Task has the same reference and the same paths, so it creates nothing new. If its paths are others, they are sent with a
 * reference of their own.
 */
async function create(
  distribution: string,
  reference: string,
  items: readonly string[],
  { invalidator }: InvalidatingHost,
): Promise<string> {
  if (!invalidator) throw new Error('Expected a way to CloudFront, got none');
  try {
    return await invalidator.create({ distribution, reference, items });
  } catch (error) {
    if ((error as Error).name !== REFERENCE_TAKEN) throw error;
    const digest = createHash('sha256').update(JSON.stringify(items)).digest('hex').slice(0, 8);
    return invalidator.create({ distribution, reference: `${reference}-${digest}`, items });
  }
}

/** If no answer comes, that is no failure: the invalidation goes on without bucketsync. */
async function isCompleted(distribution: string, id: string, host: InvalidatingHost): Promise<boolean> {
  const until = lastMoment(host);
  try {
    for (;;) {
      if (await host.invalidator?.isComplete(distribution, id)) return true;
      if (host.now() + BETWEEN_LOOKS_MS > until) return false;
      await host.wait(BETWEEN_LOOKS_MS);
    }
  } catch (error) {
    host.log?.('warn', 'CloudFront did not say whether an invalidation is complete', { error: (error as Error).name });
    return false;
  }
}

function add(one: SentInvalidation, other: SentInvalidation): SentInvalidation {
  const looked = [one, other].map(({ completed }) => completed).filter((completed) => completed !== undefined);
  return {
    paths: one.paths + other.paths,
    ids: [...one.ids, ...other.ids],
    ...(looked.length > 0 && { completed: looked.every(Boolean) }),
  };
}

/**
 * Whether the report tells of all copies that were planned. The writes of a killed attempt are not known, and may be why an object no
 * longer is as it was planned.
 */
function areCopiesAccounted(
  { copies, restores }: NonNullable<Run['plan']>,
  { copied, failed, outdated = 0 }: Counters,
): boolean {
  return copied + failed - outdated + restores >= copies;
}

function sum(done: RunState['done'], names: readonly Phase['name'][], loop: 'copy' | 'delete'): Counters {
  return done
    .filter(({ name }) => names.includes(name))
    .reduce((all, phase) => addCounters(all, phase[loop].counters), emptyCounters());
}
