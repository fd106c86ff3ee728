import type { PlannedRun } from '../../local/confirm-plan';
import type { Progress } from '../../local/progress';
import { runLocally } from '../../local/run-locally';
import { type Bucket, type S3Server, startS3 } from '../../local/s3';
import { ENVIRONMENT } from '../../statemachine/contract';
import { contentsOf } from '../support/contents';
import { atLength, everyNth } from '../support/length';
import { localEnvironment } from '../support/local-environment';
import { lockText } from '../support/lock-object';
import { temporaryFolder } from '../support/temporary-folder';

/** Threads load what is built: each would take seconds to compile the sources, and `test/e2e` starts those from source. */
jest.mock('../../local/module-path', () => jest.requireActual('../support/built-module-path'));

let s3: S3Server;
let source: Bucket;
let destination: Bucket;
let env: NodeJS.ProcessEnv;
const runs = temporaryFolder();

/** More than one list page. */
const MANY = 1500;
const OBJECTS = atLength({ quick: 300, full: MANY });
const fill = (objects: number) => {
  for (let index = 0; index < objects; index++) source.put(`k${index}`, `${index}`, { lastModified: new Date(0) });
};

beforeEach(async () => {
  s3 = await startS3();
  source = s3.createBucket('a-source');
  destination = s3.createBucket('a-destination');
  fill(OBJECTS);
  for (let index = 0; index < 50; index++) destination.put(`orphan${index}`, 'x');
  env = localEnvironment(s3, runs);
});
afterEach(() => s3.close());

const input = { source: 'a-source', destination: 'a-destination' };

it('mirrors in worker threads, and reports progress until it equals the summary', async () => {
  const seen: Progress[] = [];

  // In one round: what splitting asks for between rounds is no range's progress. With a single range at once no range ends
  // its round early to share what is left, as it does after a second of work, which a busy machine needs for this.
  const oneRound = { ...env, [ENVIRONMENT.roundBudgetsMs]: '600000' };
  const serial = { ...input, maxConcurrency: 1 };
  const summary = await runLocally(serial, { env: oneRound, onProgress: (progress) => seen.push(progress) });

  expect(summary).toMatchObject({ status: 'succeeded', totals: { copied: OBJECTS, deleted: 50 } });
  expect(contentsOf(destination)).toEqual(contentsOf(source));
  expect([...new Set(seen.map(({ phase }) => phase))]).toEqual(['plan', 'sync']);
  expect(seen.at(-1)).toMatchObject({
    phase: 'sync',
    copy: { running: 0, counters: summary.phases[1]?.copy },
    delete: { running: 0, counters: summary.phases[1]?.delete },
  });
});

it('knows what the plan decided, and the requests in flight, from all threads', async () => {
  const seen: Progress[] = [];
  const isShown = Promise.withResolvers<void>();
  // a copy is in flight until that is shown
  s3.onRequest = ({ operation }) => (operation === 'CopyObject' ? isShown.promise.then(() => undefined) : undefined);
  const onProgress = (progress: Progress) => {
    seen.push(progress);
    if ((progress.copy.inFlight ?? 0) > 0) isShown.resolve();
  };

  await runLocally({ ...input, maxDeletes: 50 }, { env, onProgress });

  expect(seen.filter(({ phase }) => phase === 'sync').length).toBeGreaterThan(0);
  for (const { phase, plan } of seen) expect(plan?.deletes).toBe(phase === 'sync' ? 50 : undefined);
});

it.each(
  everyNth(2, [
    ['applies its plan', {}, ['plan', 'sync']],
    ['has no plan', { plan: false }, ['sync']],
  ] as const),
)('continues in rounds if the time budget is too short for everything, and it %s', async (_what, more, phases) => {
  fill(MANY);
  const short = { ...env, [ENVIRONMENT.roundBudgetsMs]: '1,60000' };
  const rounds = new Map<string, number>();
  const onProgress = ({ phase, copy }: Progress) => rounds.set(phase, Math.max(copy.round, rounds.get(phase) ?? 0));

  const summary = await runLocally({ ...input, ...more }, { env: short, onProgress });

  expect(summary).toMatchObject({ status: 'succeeded', totals: { copied: MANY, deleted: 50 } });
  expect(summary.phases.map(({ name, copy }) => [name, copy.listed, copy.copied])).toEqual(
    phases.map((name) => [name, MANY, MANY]),
  );
  expect(rounds.get('sync')).toBeGreaterThan(1);
  expect(contentsOf(destination)).toEqual(contentsOf(source));
});

it('finishes what was begun when it is stopped, releases the lock, and continues the next time', async () => {
  fill(MANY);
  const stop = new AbortController();
  let copies = 0;
  s3.onRequest = ({ operation }) => {
    if (operation === 'CopyObject' && ++copies === 100) stop.abort();
    return undefined;
  };

  const summary = await runLocally(input, { env, signal: stop.signal });

  expect(summary).toMatchObject({ status: 'failed', error: { name: 'InterruptedError' } });
  expect(summary.phases.map(({ name }) => name)).toEqual(['plan', 'sync']);
  const { copied } = summary.totals;
  expect(copied).toBe([...contentsOf(destination).keys()].filter((key) => key.startsWith('k')).length);
  expect(copied).toBeLessThan(MANY);
  expect(lockText(destination)).toBeUndefined();

  s3.onRequest = undefined;
  const again = await runLocally(input, { env });
  expect(again.status).toBe('succeeded');
  expect(again.totals.copied).toBe(MANY - copied);
  expect(again.phases[0]).toMatchObject({ name: 'plan', copy: { listed: MANY, unchanged: copied } });
  expect(contentsOf(destination)).toEqual(contentsOf(source));
});

it('does not begin if it was stopped before its workers had started', async () => {
  const summary = await runLocally(input, { env, signal: AbortSignal.abort() });
  expect(summary).toMatchObject({ status: 'failed', error: { name: 'InterruptedError' }, totals: { listed: 0 } });
  expect(destination.index.size).toBe(50);
  expect(lockText(destination)).toBeUndefined();
});

describe('a run that has to be confirmed', () => {
  const guarded = { ...input, maxDeletes: 100, maxOverwrites: 0 };

  it('asks once, with the plan, before the first write, while the run keeps its lock; nothing limits the time for the answer', async () => {
    const timers = jest.spyOn(globalThis, 'setTimeout');
    const asked: PlannedRun[] = [];
    const confirm = async (planned: PlannedRun) => {
      expect(destination.index.size).toBe(51); // the lock and the orphans
      expect(lockText(destination)).toContain(planned.run.lockId);
      return asked.push(planned) > 0;
    };

    const summary = await runLocally(guarded, { env, confirm });

    const waits = timers.mock.calls.map(([, milliseconds = 0]) => milliseconds);
    timers.mockRestore();
    expect(asked).toMatchObject([
      { plan: { copy: { counters: { copied: OBJECTS } }, delete: { counters: { deleted: 50 } } } },
    ]);
    expect(summary).toMatchObject({ status: 'succeeded', totals: { copied: OBJECTS, deleted: 50 } });
    expect(waits.filter((milliseconds) => milliseconds > 20 * 86_400_000)).not.toEqual([]);
  });

  it('ends with NotConfirmedError if the answer is no: nothing is written, and the lock is given back', async () => {
    const summary = await runLocally(guarded, { env, confirm: async () => false });

    expect(summary).toMatchObject({ status: 'failed', wrote: false, error: { name: 'NotConfirmedError' } });
    expect(summary.phases).toMatchObject([{ name: 'plan', copy: { copied: OBJECTS } }]);
    expect([...contentsOf(destination).keys()].filter((key) => !key.startsWith('orphan'))).toEqual([]);
    expect(destination.index.size).toBe(50);
    expect(lockText(destination)).toBeUndefined();
    expect(await runLocally(guarded, { env })).toMatchObject({ status: 'succeeded' });
  });

  it('ends with InterruptedError if it is stopped meanwhile', async () => {
    const stop = new AbortController();
    const confirm = async () => {
      stop.abort();
      return false;
    };

    const summary = await runLocally(guarded, { env, confirm, signal: stop.signal });

    expect(summary).toMatchObject({ wrote: false, error: { name: 'InterruptedError' } });
    expect(destination.index.size).toBe(50);
    expect(lockText(destination)).toBeUndefined();
  });

  it.each(
    everyNth<[what: string, more: object]>(3, [
      ['a guard refuses it first', { maxDeletes: 1 }],
      ['it has no plan', { maxDeletes: undefined, maxOverwrites: undefined, plan: false }],
      ['it is a dry run', { dryRun: true }],
    ]),
  )('is not asked about if %s', async (_what, more) => {
    const confirm = jest.fn(async () => false);

    const summary = await runLocally(JSON.parse(JSON.stringify({ ...guarded, ...more })), { env, confirm });

    expect(confirm).not.toHaveBeenCalled();
    expect(summary.error?.name).not.toBe('NotConfirmedError');
  });

  it('ends without a write if it cannot be asked about', async () => {
    const confirm = () => Promise.reject(new Error('no terminal'));

    const { status, wrote } = await runLocally(guarded, { env: { ...env }, confirm });

    expect({ status, wrote }).toEqual({ status: 'failed', wrote: false });
    expect(destination.index.size).toBe(50);
  });
});

it('keeps the name of an error that crosses threads', async () => {
  const summary = await runLocally({ ...input, source: 'not-there' }, { env });
  expect(summary).toMatchObject({ status: 'failed', error: { name: 'BucketNotFoundError' } });
});

it('says what is wrong with its environment', async () => {
  const broken = { ...env, [ENVIRONMENT.reportLocation]: 'nowhere' };
  await expect(runLocally(input, { env: broken })).rejects.toThrow(ENVIRONMENT.reportLocation);
});
