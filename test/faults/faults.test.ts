import fc from 'fast-check';
import type { Fault, RequestInfo } from '../../local/s3';
import { FAULTS, type FaultRow, REDIRECTS, signedRegion } from '../support/fault-table';
import { everyNth, randomCases } from '../support/length';
import { type MirrorOptions, useMirror } from '../support/mirror';
import { pick, randomOf } from '../support/random';
import { retryAtOnce, setTimeoutOfClients } from '../support/retries';
import { createVariedPair, VARIED_PAGE } from '../support/varied-pair';
import { Watch } from '../support/watch';

const mirror = useMirror();
retryAtOnce();

const KINDS = [
  'ListObjectsV2',
  'HeadObject',
  'GetObjectTagging',
  'CopyObject',
  'CreateMultipartUpload',
  'UploadPartCopy',
  'CompleteMultipartUpload',
  'AbortMultipartUpload',
  'DeleteObjects',
  'DeleteObject',
] as const;
type Kind = (typeof KINDS)[number];

/** Requests of a kind that an undisturbed run sends. */
const counts = new Map<string, number>();
beforeAll(async () => {
  for (const kind of KINDS) {
    const sent = await runDisturbed(kind, () => undefined);
    counts.set(kind, sent);
    expect([kind, sent > 0]).toEqual([kind, true]);
  }
});

/** Calls `disturb` with the number of each request of that kind, from 1, that the run's loops send. */
async function runDisturbed(kind: Kind, disturb: (number: number) => Fault | undefined, watch = watchNew()) {
  let sent = 0;
  let begun = false;
  mirror.s3.onRequest = ({ operation, key }) => {
    if (!begun) return undefined;
    if (operation === kind) {
      sent += 1;
      return disturb(sent);
    }
    // Uploads are aborted where a part cannot be copied.
    const refused = kind === 'AbortMultipartUpload' && operation === 'UploadPartCopy' && key === 'l1';
    return refused ? { status: 403, code: 'AccessDenied' } : undefined;
  };
  const around: MirrorOptions['around'] = (_task, _input, invoke) =>
    invoke().finally(() => {
      begun = true;
    });
  summaries.set(watch, await watch.run({ pageSize: VARIED_PAGE, around }));
  mirror.s3.onRequest = undefined;
  return sent;
}

const summaries = new WeakMap<Watch, Awaited<ReturnType<Watch['run']>>>();
const watchNew = () => new Watch(mirror, createVariedPair(mirror));

async function expectSound(watch: Watch): Promise<void> {
  expect(watch.violations).toEqual([]);
  await watch.expectConvergence({ pageSize: VARIED_PAGE });
  expect(watch.violations).toEqual([]);
}

/** At full length each kind of request meets each fault that it can meet. Else each fault is met by one kind, in turn. */
function casesOf(faults: typeof FAULTS): readonly (readonly [name: string, kind: Kind, fault: FaultRow])[] {
  return faults.flatMap((row, index) => {
    const kinds = KINDS.filter((kind) => row.on.test(kind));
    return everyNth(kinds.length, kinds, index).map((kind) => [row.name, kind, row] as const);
  });
}

it.each(casesOf(everyNth(2, FAULTS)))(
  'meets %s in %s: first, in the middle, last',
  async (_name, kind, { fault, transient }) => {
    const count = counts.get(kind) ?? 0;
    const positions = [1, Math.ceil(count / 2), count];
    const watch = watchNew();

    await runDisturbed(kind, (number) => (positions.includes(number) ? fault : undefined), watch);

    if (transient && kind !== 'AbortMultipartUpload') {
      expect(summaries.get(watch)).toMatchObject({ status: 'succeeded', totals: { failed: 0 } });
    }
    await expectSound(watch);
  },
);

it.each(
  casesOf(
    everyNth(
      2,
      FAULTS.filter(({ lasting }) => lasting),
    ),
  ),
)('meets %s in %s from the second on', async (_name, kind, { fault }) => {
  const watch = watchNew();

  await runDisturbed(kind, (number) => (number >= 2 ? fault : undefined), watch);

  await expectSound(watch);
});

it('survives any faults of any requests, of up to a fifth of them', async () => {
  const scenario = [fc.integer(), fc.double({ min: 0.01, max: 0.2, noNaN: true })] as const;
  await fc.assert(
    fc.asyncProperty(...scenario, async (seed, rate) => {
      const random = randomOf(seed);
      const watch = watchNew();
      mirror.s3.onRequest = ({ operation }) => {
        if (random() >= rate) return undefined;
        return pick(
          FAULTS.filter(({ on }) => on.test(operation)),
          random,
        ).fault;
      };

      await watch.run({ pageSize: VARIED_PAGE });

      mirror.s3.onRequest = undefined;
      await expectSound(watch);
    }),
    randomCases({ quick: 2, full: 15 }),
  );
});

describe.each(REDIRECTS)('a bucket that has moved to another region, as $status $code tells', (error) => {
  it.each(['source', 'destination'] as const)('is followed there by all requests: the %s', async (side) => {
    const watch = watchNew();
    const moved = watch.pair[side];
    let begun = false;
    mirror.s3.onRequest = (request: RequestInfo) => {
      if (!begun || request.bucket !== moved.name || signedRegion(request) === 'eu-west-1') return undefined;
      return { ...error, headers: { 'x-amz-bucket-region': 'eu-west-1' } };
    };

    const summary = await watch.run({
      pageSize: VARIED_PAGE,
      redirected: true,
      around: (_task, _input, invoke) =>
        invoke().finally(() => {
          begun = true;
          Object.assign(moved, { region: 'eu-west-1' });
        }),
    });

    mirror.s3.onRequest = undefined;
    expect(summary).toMatchObject({ status: 'succeeded', totals: { failed: 0 } });
    await expectSound(watch);
  });
});

it('reports the keys that DeleteObjects names as not deleted, and deletes them in the next run', async () => {
  const watch = watchNew();
  const { destination } = watch.pair;
  mirror.s3.onRequest = ({ operation }) => {
    if (operation !== 'DeleteObjects') return undefined;
    const kept = destination.get('x1');
    return {
      rewrite(body) {
        if (!kept || destination.get('x1')) return body;
        destination.index.set({ key: 'x1', byteKey: 'x1', versions: [kept] });
        const error = '<Error><Key>x1</Key><Code>InternalError</Code><Message>Try again.</Message></Error>';
        return body.replace('</DeleteResult>', `${error}</DeleteResult>`);
      },
    };
  };

  const summary = await watch.run({ pageSize: VARIED_PAGE });

  mirror.s3.onRequest = undefined;
  expect(summary).toMatchObject({ error: { name: 'SyncIncompleteError', keys: ['x1'] }, totals: { failed: 1 } });
  await expectSound(watch);
});

it.each<[string, Fault]>([
  ['before it is carried out', 'stall'],
  ['once it is carried out', { after: 'stall' }],
])('asks again if a connection falls silent %s, whatever the request', async (_what, fault) => {
  const watch = watchNew();
  await mirror.run({ ...watch.pair.input, dryRun: true }); // opens the connections
  const restore = setTimeoutOfClients('socketTimeout', 1000);
  const stalled = new Set<string>();
  mirror.s3.onRequest = ({ operation, bucket }) => {
    const what = `${operation} ${bucket}`;
    if (stalled.has(what)) return undefined;
    stalled.add(what);
    return fault;
  };

  const summary = await watch.run({ pageSize: VARIED_PAGE });

  restore();
  mirror.s3.onRequest = undefined;
  expect(summary).toMatchObject({ status: 'succeeded', totals: { failed: 0 } });
  await expectSound(watch);
});
