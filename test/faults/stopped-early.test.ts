import { FORMER_RUN_MS } from '../../lambdas/engine/lock/lock-proof';
import { findRecord } from '../../lambdas/engine/lock/lock-record';
import { GIVE_BACK_MS } from '../../lambdas/engine/lock/run-lock';
import { LAST_READS_MS } from '../../lambdas/engine/tasks/do-range';
import { openRunStore } from '../../lambdas/host/run-store/open-run-store';
import type { Fault, RequestInfo } from '../../local/s3';
import { everyNth } from '../support/length';
import { holdersOf, LOCK_KEY, lockText, newHolder, putHolders } from '../support/lock-object';
import { type MirrorOptions, past } from '../support/mirror';
import { roundsOf } from '../support/rounds-of';
import { createPair, findLock, nameOf, requestsOf, stopAt, useMirrorToStop } from '../support/stop-at';

const mirror = useMirrorToStop();
const elsewhere = { trustsListings: false };
const besideReports = { lock: 'reports' };
const trickle = { endless: ' ', pauseMs: 5 } as const;

describe('Ctrl-C before a run has its lock', () => {
  type Row = [run: string, how: string, input: object, fault: Fault, all: boolean, host?: MirrorOptions['host']];
  const rows: Row[] = [
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
    ['a server that is not AWS', 'one request is never answered', {}, 'stall', false, elsewhere],
    ['a server that is not AWS', 'no request is answered any more', {}, 'stall', true, elsewhere],
  ];
  it.each(everyNth(7, rows))(
    'ends the run at once, whichever request it meets: %s, if %s',
    async (_run, _how, more, fault, all, host = {}) => {
      const requests = await requestsOf(mirror, 'ValidateInput', more, host);
      expect(requests.length).toBeGreaterThan(6);
      for (const meant of requests) {
        const pair = createPair(mirror);

        const { met, summary } = await stopAt(
          mirror,
          pair,
          { isMeant: (one) => nameOf(one) === meant, fault, all },
          more,
          { host },
        );

        expect({ meant, met: met && nameOf(met) }).toEqual({ meant, met: meant });
        expect({ meant, ...summary }).toMatchObject({ meant, status: 'failed', error: { name: 'InterruptedError' } });
        expect(summary).toMatchObject({ wrote: false, totals: { copied: 0, deleted: 0 } });
        if (!all) expect({ meant, lock: await findLock(pair) }).toEqual({ meant, lock: undefined });
      }
      if (host === elsewhere) mirror.iam.denials.splice(0); // what is deployed works with AWS
    },
  );

  it('lets the probes abort the uploads that they have begun', async () => {
    const pair = createPair(mirror);
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
    const pair = createPair(mirror);
    const ago = (seconds: number) => new Date(Date.now() - seconds * 1000);
    putHolders(pair.destination, [newHolder({ leaseMs: 300_000 })], ago(330));
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
    putHolders(pair.destination, holder ? [holder] : [], ago(60));
    expect(await mirror.run(pair.input)).toMatchObject({ status: 'succeeded' });
  });
});

it('a run that cannot store its findings about the servers releases its lock', async () => {
  const pair = createPair(mirror);
  mirror.s3.onRequest = ({ operation, key, headers }) => {
    if (operation === 'PutObject' && key?.includes('/lacks/')) return { status: 403, code: 'AccessDenied' };
    return headers['x-amz-optional-object-attributes'] ? { status: 501, code: 'NotImplemented' } : undefined;
  };

  const host = { ...elsewhere, runStore: pair.runStore };
  const { status, phases } = await mirror.run({ ...pair.input, ...besideReports }, { host });

  expect({ status, phases }).toEqual({ status: 'failed', phases: [] });
  expect(await findLock(pair)).toBeUndefined();
});

describe('Ctrl-C while a range begins', () => {
  const isCopyRange = (task: string) => task === 'CopyRange';
  const isLock = ({ operation, key }: RequestInfo) => operation === 'GetObject' && key === LOCK_KEY;

  it.each([
    ['is never answered', 'stall'],
    ['comes a byte at a time', trickle],
  ] as const)('ends the run at once, and releases its lock: if the look at the lock %s', async (_how, fault) => {
    const pair = createPair(mirror);

    const { met, summary } = await stopAt(mirror, pair, { isMeant: isLock, fault, from: isCopyRange });

    expect(met).toBeDefined();
    expect(summary).toMatchObject({ error: { name: 'InterruptedError' }, totals: { copied: 0 } });
    expect(lockText(pair.destination)).toBeUndefined();
  });

  it('tries to release its lock for only a few seconds, and leaves the proof of its end', async () => {
    const pair = createPair(mirror);
    const runStore = openRunStore(mirror.reportLocation);
    const waits: number[] = [];
    const wait = async (milliseconds: number) => void waits.push(milliseconds);

    const { summary } = await stopAt(
      mirror,
      { ...pair, runStore },
      { isMeant: isLock, fault: 'stall', all: true, from: isCopyRange, wait },
    );

    expect(summary).toMatchObject({ error: { name: 'InterruptedError' }, report: expect.any(String) });
    expect(waits).toEqual([GIVE_BACK_MS]);
    const [holder] = holdersOf(pair.destination);
    expect(await findRecord(holder?.id ?? '', runStore)).toBeDefined();
  });
});

describe('Ctrl-C while a run only reads', () => {
  it.each<[run: string, more: object]>([
    ['a plan', { dryRun: true }],
    ['a run that verifies', { verify: true }],
  ])('ends the run soon, although it asks about an object and S3 does not answer: %s', async (_run, more) => {
    const pair = createPair(mirror);
    for (const bucket of [pair.source, pair.destination]) bucket.put('same', 'x', { lastModified: past });
    const waits: number[] = [];

    const { met, summary } = await stopAt(
      mirror,
      { ...pair, runStore: openRunStore(mirror.reportLocation) },
      {
        isMeant: ({ operation }) => operation === 'HeadObject',
        fault: 'stall',
        from: (_task, { phase }) => phase?.write === false,
        wait: async (milliseconds) => void waits.push(milliseconds),
      },
      { compare: 'checksum', ...more },
    );

    expect(met).toBeDefined();
    expect(summary).toMatchObject({ status: 'failed', error: { name: 'InterruptedError' } });
    expect(waits).toContain(LAST_READS_MS);
  });

  it('ends it at once while its ranges are split between two rounds', async () => {
    const pair = createPair(mirror);
    for (let index = 0; index < 50; index++) pair.source.put(`k${index}`, 'x', { lastModified: past });

    const { met, summary } = await stopAt(
      mirror,
      pair,
      {
        isMeant: ({ operation }) => operation === 'ListObjectsV2',
        fault: 'stall',
        from: (task) => task === 'AdvanceCopy',
      },
      { dryRun: true, delete: false },
      { pageSize: 5, host: roundsOf(1) },
    );

    expect(met).toBeDefined();
    expect(summary).toMatchObject({ status: 'failed', error: { name: 'InterruptedError' } });
  });
});
