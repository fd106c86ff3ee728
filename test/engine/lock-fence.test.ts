import { openRunStore } from '../../lambdas/aws/run-store';
import type { RunStore } from '../../lambdas/engine/run-store';
import { ENGINE_TASKS } from '../../local/engine-tasks';
import type { TaskName } from '../../local/handlers';
import { emptyCounters } from '../../statemachine/contract';
import { contentsOf } from '../support/contents';
import { hostOf, type MirrorOptions, past, useMirror } from '../support/mirror';
import { MIB, putInParts } from '../support/put-in-parts';

const mirror = useMirror();

const COUNT = 60;
/** What the fence may take to notice: while the clock has not gone on so far, it does not look again. */
const NOTICED_MS = 10_000;
const anotherRun = JSON.stringify({ executionId: 'another-run', startedAt: '2026-01-01T00:00:00Z' });
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

const store = () => openRunStore(mirror.reportLocation);

async function lockOf(destination: string): Promise<string> {
  const [lock = ''] = await store().list(`locks/${destination}/`);
  return lock;
}

/** As FinishRun does where a run has failed in AWS. */
async function endIn(lock: string): Promise<void> {
  const found = await store().get(lock);
  await store().put(lock, JSON.stringify({ ...JSON.parse(String(found?.body)), ended: true }));
}

/** FinishRun looks at the lock, too. */
let isFinishing = false;

/** The mirror's store, in which the range Tasks ask `getLock` for locks. */
function storeWith(getLock: RunStore['get']): RunStore {
  const get: RunStore['get'] = (key) => (key.startsWith('locks/') && !isFinishing ? getLock(key) : store().get(key));
  return Object.assign(store(), { get });
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
    onWrite: (count: number, lock: string) => Happening | Promise<Happening>,
    host: MirrorOptions['host'],
  ) {
    const { destination, input } = createPair();
    let writes = 0;
    mirror.s3.onRequest = async (request) => {
      if (request.operation !== operation || request.bucket !== destination.name) return undefined;
      writes += 1;
      return (await onWrite(writes, await lockOf(destination.name))) ?? undefined;
    };
    const options = { serial: true, pageSize: 10, host, around: without(other) };
    const summary = await mirror.run({ ...input, requestConcurrency: 1 }, options);
    return { summary, writes };
  }

  it.each<[happens: string, change: (lock: string) => Promise<void>, error: string]>([
    ['another run has taken its lock over', (lock) => store().put(lock, anotherRun), 'AlreadyRunningError'],
    ['somebody has removed its lock', (lock) => store().delete(lock), 'InterruptedError'],
    ['its lock says that it has ended', endIn, 'InterruptedError'],
  ])('writes no more once %s', async (_happens, change, error) => {
    let lost = '';
    let ahead = 0;
    const { summary, writes } = await run(
      async (count, lock) => {
        if (count !== 2) return;
        lost = lock;
        await change(lock);
        ahead = NOTICED_MS;
      },
      { now: () => Date.now() + ahead },
    );

    expect(summary).toMatchObject({ status: 'failed', error: { name: error } });
    expect(writes).toBe(2);
    // FinishRun left the lock to whom it belongs
    const lock = await store().get(lost);
    expect(lock?.body.toString()).toBe(error === 'AlreadyRunningError' ? anotherRun : undefined);
  });

  it('does not repeat a request that failed while another run has taken its lock over', async () => {
    let ahead = 0;
    const { summary, writes } = await run(
      async (count, lock) => {
        if (count !== 2) return undefined;
        await store().put(lock, anotherRun);
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

  it('goes on where its lock cannot be read for less than a minute, and then stops', async () => {
    let ahead = 0;
    let readable = true;
    const runStore = storeWith((lock) =>
      readable ? store().get(lock) : Promise.reject(Object.assign(new Error('busy'), { name: 'SlowDown' })),
    );
    const host: MirrorOptions['host'] = {
      runStore,
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
    const runStore = storeWith((lock) => {
      reads += 1;
      return store().get(lock);
    });
    const host = { runStore, now: () => ahead };
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
    await store().put(await lockOf(destination.name), anotherRun);
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
  const { input } = createPair();
  let reads = 0;
  const runStore = storeWith((lock) => {
    reads += 1;
    return store().get(lock);
  });
  for (const more of [{ dryRun: true }, { maxDeletes: 1 }]) {
    const { phases } = await mirror.run({ ...input, ...more }, { host: { runStore }, around: without() });
    expect(phases).toMatchObject([{ delete: { deleted: COUNT } }]);
  }
  expect(reads).toBe(0);
});
