import type { LockPlace, LockStore } from '../../../lambdas/engine/ports/lock-store';
import { S3LockStore } from '../../../lambdas/host/lock-store/s3-lock-store';
import { ENGINE_TASKS } from '../../../local/engine-tasks';
import type { TaskName } from '../../../local/handlers';
import type { Bucket } from '../../../local/s3';
import { emptyCounters } from '../../../statemachine/contract';
import { contentsOf } from '../../support/contents';
import { holdersOf, LOCK_KEY, newHolder, putHolders } from '../../support/lock-object';
import { hostOf, type MirrorOptions, past, useMirror } from '../../support/mirror';
import { MIB, putInParts } from '../../support/put-in-parts';

const mirror = useMirror();
// what is tested are loops that walk the buckets and act at once
mirror.walksAndActs = true;

const COUNT = 60;
/** What the fence may take to notice: while the clock has not gone on so far, it does not look again. */
const NOTICED_MS = 10_000;
const anotherRun = newHolder();
const nothingDone = { counters: emptyCounters(), tokens: [], elapsedMs: 0 };

/** What becomes of a request. */
// biome-ignore lint/suspicious/noConfusingVoidType: mostly nothing
type Happening = { readonly status: number; readonly code: string } | undefined | void;

/** Sixty objects to copy, sixty to delete. */
function createPair() {
  const pair = mirror.createPair();
  for (let index = 0; index < COUNT; index++) {
    const key = `k${String(index).padStart(3, '0')}`;
    pair.source.put(key, 'new', { lastModified: past });
    pair.destination.put(`${key}-orphan`, 'x');
  }
  return pair;
}

const takeOver = (destination: Bucket) => putHolders(destination, [anotherRun]);
const removeLock = (destination: Bucket) => void destination.remove(LOCK_KEY);
/** As FinishRun does where a run has failed in AWS. */
const endIn = (destination: Bucket) =>
  putHolders(
    destination,
    holdersOf(destination).map((holder) => ({ ...holder, ended: true })),
  );

/** FinishRun looks at the lock, too. */
let isFinishing = false;

/** The lock of a destination, which the range Tasks read by `read`. */
function openLockWith(read: (store: LockStore) => ReturnType<LockStore['read']>) {
  return (place: LockPlace): LockStore => {
    const store = new S3LockStore(place);
    const readAsIs = store.read.bind(store);
    store.read = () => (isFinishing ? readAsIs() : read({ ...store, read: readAsIs } as LockStore));
    return store;
  };
}

/** Ends every Task of the kind at once. */
function without(...tasks: readonly TaskName[]): NonNullable<MirrorOptions['around']> {
  return async (task, _input, invoke) => {
    isFinishing = task === 'FinishRun';
    return tasks.includes(task) ? nothingDone : invoke();
  };
}

describe.each<[loop: string, task: TaskName, other: TaskName, operation: string]>([
  ['copies', 'CopyRange', 'DeleteRange', 'CopyObject'],
  ['deletes', 'DeleteRange', 'CopyRange', 'DeleteObjects'],
])('a run that %s', (_loop, task, other, operation) => {
  const deliverLate = (input: unknown) => ENGINE_TASKS[task](input as never, hostOf());

  /** Runs this loop alone, by one request after the other; before each one that writes, something happens. */
  async function run(
    onWrite: (count: number, destination: Bucket) => Happening | Promise<Happening>,
    host: MirrorOptions['host'],
  ) {
    const { destination, input } = createPair();
    let writes = 0;
    mirror.s3.onRequest = async (request) => {
      if (request.operation !== operation || request.bucket !== destination.name) return undefined;
      writes += 1;
      return (await onWrite(writes, destination)) ?? undefined;
    };
    const options = { serial: true, pageSize: 10, host, around: without(other) };
    const summary = await mirror.run({ ...input, requestConcurrency: 1 }, options);
    return { summary, writes, destination };
  }

  it.each<[happens: string, change: (destination: Bucket) => void, error: string]>([
    ['another run has taken its lock over', takeOver, 'AlreadyRunningError'],
    ['somebody has removed its lock', removeLock, 'InterruptedError'],
    ['its lock says that it has ended', endIn, 'InterruptedError'],
  ])('writes no more once %s', async (_happens, change, error) => {
    let ahead = 0;
    const { summary, writes, destination } = await run(
      (count, changed) => {
        if (count !== 2) return;
        change(changed);
        ahead = NOTICED_MS;
      },
      { now: () => Date.now() + ahead },
    );

    expect(summary).toMatchObject({ status: 'failed', error: { name: error } });
    expect(writes).toBe(2);
    // FinishRun left the lock to whom it belongs
    expect(holdersOf(destination)).toEqual(error === 'AlreadyRunningError' ? [anotherRun] : []);
  });

  it('looks again if the clock was set back, however young its last look seems', async () => {
    let ahead = 0;
    const { summary, writes } = await run(
      (count, destination) => {
        if (count !== 2) return;
        takeOver(destination);
        ahead = -3_600_000;
      },
      { now: () => Date.now() + ahead },
    );

    expect(summary).toMatchObject({ status: 'failed', error: { name: 'AlreadyRunningError' } });
    expect(writes).toBe(2);
  });

  it('does not repeat a request that failed while another run has taken its lock over', async () => {
    let ahead = 0;
    const { summary, writes } = await run(
      (count, destination) => {
        if (count !== 2) return undefined;
        takeOver(destination);
        ahead = NOTICED_MS;
        return { status: 503, code: 'SlowDown' };
      },
      { now: () => Date.now() + ahead },
    );

    expect(summary).toMatchObject({ status: 'failed', error: { name: 'AlreadyRunningError' } });
    expect(writes).toBe(2);
  });

  it('does nothing in a Task that is delivered after another run began', async () => {
    const { destination, input } = createPair();
    let late: unknown;
    const skip = without('CopyRange', 'DeleteRange');
    await mirror.run(input, {
      around: (current, taskInput, invoke) => {
        if (current === task) late = taskInput;
        return skip(current, taskInput, invoke);
      },
    });
    const before = contentsOf(destination);
    mirror.s3.requests.reset();

    await expect(deliverLate(late)).rejects.toMatchObject({ name: 'InterruptedError' });
    await mirror.run(input, {
      around: async (current, taskInput, invoke) => {
        if (current === task) await expect(deliverLate(late)).rejects.toMatchObject({ name: 'AlreadyRunningError' });
        return skip(current, taskInput, invoke);
      },
    });

    expect(mirror.s3.requests.total).toBe(0);
    expect(contentsOf(destination)).toEqual(before);
  });

  it('continues while its lock cannot be read for less than a minute, and then stops', async () => {
    let ahead = 0;
    let readable = true;
    const openLock = openLockWith((store) =>
      readable ? store.read() : Promise.reject(Object.assign(new Error('busy'), { name: 'SlowDown' })),
    );
    const host: MirrorOptions['host'] = {
      openLock,
      now: () => Date.now() + ahead,
      wait: async (milliseconds) => {
        ahead += milliseconds;
        readable ||= recovers;
      },
    };
    let recovers = true;
    const hiccups = await run((count) => {
      ahead += NOTICED_MS;
      readable = count % 5 === 0;
    }, host);
    expect(hiccups.summary).toMatchObject({ status: 'succeeded' });

    [readable, recovers] = [true, false];
    const outage = await run(() => {
      ahead += NOTICED_MS;
      readable = false;
    }, host);
    expect(outage.summary).toMatchObject({ status: 'failed', error: { name: 'InterruptedError' } });
    expect(outage.summary.error?.message).toContain('busy');
    expect(outage.writes).toBeLessThanOrEqual(7);
  });

  it('reads its lock at the start of a Task, and not again for ten seconds', async () => {
    let reads = 0;
    let [ahead, step] = [0, 0];
    const openLock = openLockWith((store) => {
      reads += 1;
      return store.read();
    });
    const host = { openLock, now: () => ahead };
    const count = async () => {
      reads = 0;
      const { writes, summary } = await run(() => {
        ahead += step;
      }, host);
      expect(summary).toMatchObject({ status: 'succeeded' });
      return { reads, writes };
    };
    expect((await count()).reads).toBe(1);

    step = 3_000;
    const slow = await count();
    expect(slow.reads).toBeGreaterThan(1);
    expect(slow.reads).toBeLessThanOrEqual(1 + (slow.writes * step) / NOTICED_MS);
  });
});

it('throws away what it has uploaded of an object once another run has taken its lock over', async () => {
  const { source, destination, input } = mirror.createPair();
  putInParts(source, 'large', Array<number>(40).fill(5 * MIB), { lastModified: past });
  let ahead = 0;
  mirror.s3.onRequest = async ({ operation }) => {
    if (operation !== 'UploadPartCopy' || ahead > 0) return undefined;
    takeOver(destination);
    ahead = NOTICED_MS;
    return undefined;
  };

  const summary = await mirror.run(input, { host: { now: () => Date.now() + ahead } });

  expect(summary).toMatchObject({ status: 'failed', error: { name: 'AlreadyRunningError' } });
  expect(destination.uploads.size).toBe(0);
  expect(mirror.s3.requests.of('UploadPartCopy')).toBeLessThan(40);
  expect(contentsOf(destination).size).toBe(0);
});

it('reads no lock in a phase that writes nothing', async () => {
  const { source, destination } = createPair();
  const input = { source: source.name, destination: destination.name };
  let reads = 0;
  const openLock = openLockWith((store) => {
    reads += 1;
    return store.read();
  });
  for (const more of [{ dryRun: true }, { maxDeletes: 1 }]) {
    const { phases } = await mirror.run({ ...input, ...more }, { host: { openLock }, around: without() });
    expect(phases).toMatchObject([{ delete: { deleted: COUNT } }]);
  }
  expect(reads).toBe(0);
});

it.each<[happens: string, change: (destination: Bucket) => void, error: string]>([
  ['another run has taken its lock over', takeOver, 'AlreadyRunningError'],
  ['somebody has removed its lock', removeLock, 'InterruptedError'],
])('does nothing of its plan once %s', async (_happens, change, error) => {
  const { source, destination } = createPair();
  const before = contentsOf(destination);

  const summary = await mirror.run(
    { source: source.name, destination: destination.name },
    {
      around: async (task, _input, invoke) => {
        isFinishing = task === 'FinishRun';
        const result = await invoke();
        if (task === 'ClosePhase') change(destination);
        return result;
      },
    },
  );

  expect(summary).toMatchObject({ status: 'failed', error: { name: error }, totals: { copied: 0, deleted: 0 } });
  expect(contentsOf(destination)).toEqual(before);
});
