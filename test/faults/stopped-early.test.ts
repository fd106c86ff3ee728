import { openRunStore } from '../../lambdas/aws/run-store';
import { FORMER_RUN_MS } from '../../lambdas/engine/lock-proof';
import { findRecord } from '../../lambdas/engine/lock-record';
import { lockInRunStore } from '../../lambdas/engine/lock-store';
import { GIVE_BACK_MS } from '../../lambdas/engine/run-lock';
import type { Fault, RequestInfo } from '../../local/s3';
import { holdersOf, LOCK_KEY, lockText, newHolder, putHolders } from '../support/lock-object';
import { type MirrorOptions, past, useMirror } from '../support/mirror';

const mirror = useMirror();

/** What is left of a run asks again without a wait once the server is gone. */
beforeAll(() => {
  jest.spyOn(Math, 'random').mockReturnValue(0);
});
beforeEach(() => {
  mirror.overlooksLock = false;
  mirror.overlooksProbes = false;
});

function createPair() {
  const pair = mirror.createPair();
  pair.source.put('a', 'x', { lastModified: past });
  pair.destination.put('orphan', 'x', { lastModified: past });
  // of its own: what an earlier run has asked for may arrive late
  const reports = mirror.s3.createBucket(`reports-of-${pair.input.source}`).name;
  return { ...pair, reports, runStore: openRunStore(`s3://${reports}`) };
}

const besideReports = { lock: 'reports' };

type Pair = ReturnType<typeof createPair>;

interface Stop {
  /** The first one that is not answered; then somebody stops the run. */
  readonly isMeant: (request: RequestInfo) => boolean;
  readonly fault: Fault;
  /** Whether no request after it is answered either. */
  readonly all?: boolean;
  readonly task?: string;
  readonly wait?: (milliseconds: number) => Promise<void>;
}

const atOnce = async () => {};
/** Where the rest is answered, there is time to give the lock back. */
const unlessForLock = (milliseconds: number) =>
  milliseconds === GIVE_BACK_MS ? new Promise<void>(() => {}) : atOnce();

/** Runs until a request of a Task is not answered. @returns what it was about; undefined where there was none */
async function stopAt(
  pair: Pair,
  { isMeant, fault, all = false, task = 'ValidateInput', wait = all ? atOnce : unlessForLock }: Stop,
  more: object = {},
) {
  const controller = new AbortController();
  let met: RequestInfo | undefined;
  let isReached = false;
  mirror.s3.onRequest = (request) => {
    if (!isReached) return undefined;
    if (met) return all ? 'stall' : undefined;
    if (!isOfRun(request, pair) || !isMeant(request)) return undefined;
    met = request;
    setImmediate(() => controller.abort());
    return fault;
  };
  const options: MirrorOptions = {
    host: {
      runStore: pair.runStore,
      signal: controller.signal,
      wait,
    },
    around: (name, _input, invoke) => {
      isReached ||= name === task;
      return invoke();
    },
  };
  const summary = await mirror.run({ ...pair.input, tags: 'copy', ...more }, options);
  mirror.s3.onRequest = undefined;
  return { met, summary };
}

/** All that `ValidateInput` asks for, by operation and key. */
async function requestsOfValidateInput(more: object): Promise<string[]> {
  const pair = createPair();
  const asked: string[] = [];
  let isOver = false;
  mirror.s3.onRequest = (request) => {
    if (!isOver && isOfRun(request, pair)) asked.push(nameOf(request));
    return undefined;
  };
  const around: MirrorOptions['around'] = async (_task, _input, invoke) => {
    const result = await invoke();
    isOver = true;
    return result;
  };
  await mirror.run({ ...pair.input, tags: 'copy', ...more }, { host: { runStore: pair.runStore }, around });
  mirror.s3.onRequest = undefined;
  return [...new Set(asked)];
}

function isOfRun({ bucket = '' }: RequestInfo, { input, reports }: Pair): boolean {
  return [input.source, input.destination, reports].includes(bucket);
}

/** The same for the same request of another run. */
function nameOf({ operation, bucket = '', key = '' }: RequestInfo): string {
  const folder = key.replace(/[^/]*$/, '').replace(/[0-9a-f-]{36}/, 'of-run');
  return `${operation} ${bucket.replace(/-\d+$/, '')} ${folder}`;
}

/** A run may have it in one of two places. */
async function findLock({ destination, runStore }: Pair): Promise<string | undefined> {
  const beside = await lockInRunStore(runStore, destination.name).read();
  return lockText(destination) ?? beside?.body;
}

const trickle = { endless: ' ', pauseMs: 5 } as const;

describe('Ctrl-C before a run has its lock', () => {
  it.each<[run: string, how: string, input: object, fault: Fault, all: boolean]>([
    ['a mirror', 'one request is never answered', {}, 'stall', false],
    ['a mirror', 'one request is carried out, and never answered', {}, { after: 'stall' }, false],
    ['a mirror', 'one answer comes a byte at a time', {}, trickle, false],
    ['a mirror', 'no request is answered any more', {}, 'stall', true],
    [
      'a lock beside the reports',
      'one request is carried out, and never answered',
      besideReports,
      { after: 'stall' },
      false,
    ],
    ['a lock beside the reports', 'no request is answered any more', besideReports, 'stall', true],
    ['a publish', 'no request is answered any more', { mode: 'publish', compare: 'checksum' }, 'stall', true],
    ['a plan', 'one request is never answered', { dryRun: true }, 'stall', false],
  ])('ends it at once, whichever request it meets: %s, where %s', async (_run, _how, more, fault, all) => {
    const requests = await requestsOfValidateInput(more);
    expect(requests.length).toBeGreaterThan(6);
    for (const meant of requests) {
      const pair = createPair();

      const { met, summary } = await stopAt(pair, { isMeant: (one) => nameOf(one) === meant, fault, all }, more);

      expect({ meant, met: met && nameOf(met) }).toEqual({ meant, met: meant });
      expect({ meant, ...summary }).toMatchObject({ meant, status: 'failed', error: { name: 'InterruptedError' } });
      expect(summary).toMatchObject({ wrote: false, totals: { copied: 0, deleted: 0 } });
      if (!all) expect({ meant, lock: await findLock(pair) }).toEqual({ meant, lock: undefined });
    }
  });

  it('lets the probes end what they have begun', async () => {
    const pair = createPair();
    const controller = new AbortController();
    const asked: string[] = [];
    mirror.s3.onRequest = ({ operation }) => {
      asked.push(operation);
      if (operation === 'CreateMultipartUpload') controller.abort();
      return undefined;
    };

    const summary = await mirror.run(pair.input, {
      host: { signal: controller.signal, wait: () => new Promise(() => {}) },
    });

    expect(summary.error).toMatchObject({
      name: 'InterruptedError',
      message: expect.stringContaining('nothing was written'),
    });
    expect(asked).toContain('AbortMultipartUpload');
    expect(pair.destination.uploads.size).toBe(0);
  });

  it('does not free a lock that it has just taken over while functions of the former run may be at work', async () => {
    const pair = createPair();
    const ago = (seconds: number) => new Date(Date.now() - seconds * 1000);
    putHolders(pair.destination, [newHolder({ leaseMs: 300_000 })], ago(301));
    const controller = new AbortController();
    const wait = (milliseconds: number) => {
      if (milliseconds === FORMER_RUN_MS) controller.abort();
      return new Promise<void>(() => {});
    };

    const stopped = await mirror.run(pair.input, { host: { signal: controller.signal, wait } });

    expect(stopped.error?.name).toBe('InterruptedError');
    const [holder, ...others] = holdersOf(pair.destination);
    expect(holder).toMatchObject({ ended: true, takenOver: true });
    expect(others).toEqual([]);
    expect(await mirror.run(pair.input)).toMatchObject({ error: { name: 'AlreadyRunningError' } });
    putHolders(pair.destination, holder ? [holder] : [], ago(16));
    expect(await mirror.run(pair.input)).toMatchObject({ status: 'succeeded' });
  });
});

describe('Ctrl-C while a range begins', () => {
  const isLock = ({ operation, key }: RequestInfo) => operation === 'GetObject' && key === LOCK_KEY;

  it.each([
    ['is never answered', 'stall'],
    ['comes a byte at a time', trickle],
  ] as const)('ends the run at once, and gives its lock back: where the look at the lock %s', async (_how, fault) => {
    const pair = createPair();

    const { met, summary } = await stopAt(pair, { isMeant: isLock, fault, task: 'CopyRange' });

    expect(met).toBeDefined();
    expect(summary).toMatchObject({ error: { name: 'InterruptedError' }, totals: { copied: 0 } });
    expect(lockText(pair.destination)).toBeUndefined();
  });

  it('tries to give its lock back for some seconds only, and leaves the proof of its end', async () => {
    const pair = createPair();
    const runStore = openRunStore(mirror.reportLocation);
    const waits: number[] = [];
    const wait = async (milliseconds: number) => void waits.push(milliseconds);

    const { summary } = await stopAt(
      { ...pair, runStore },
      { isMeant: isLock, fault: 'stall', all: true, task: 'CopyRange', wait },
    );

    expect(summary).toMatchObject({ error: { name: 'InterruptedError' }, report: expect.any(String) });
    expect(waits).toEqual([GIVE_BACK_MS]);
    const [holder] = holdersOf(pair.destination);
    expect(await findRecord(holder?.id ?? '', runStore)).toBeDefined();
  });
});
