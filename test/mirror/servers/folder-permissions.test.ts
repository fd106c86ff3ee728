import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { findRegion } from '../../../lambdas/host/find-region';
import { unlock } from '../../../local/unlock';
import type { RunSummary, SyncRequest } from '../../../statemachine/contract';
import { contentsOf } from '../../support/contents';
import { FolderIam } from '../../support/folder-iam';
import { everyNth } from '../../support/length';
import { type MirrorOptions, past, useMirror } from '../../support/mirror';
import { MIB, putInParts } from '../../support/put-in-parts';
import { reportLines } from '../../support/report-lines';
import { temporaryFolder } from '../../support/temporary-folder';

const mirror = useMirror();
let authorize: typeof mirror.s3.authorize;
beforeEach(() => {
  authorize = mirror.s3.authorize;
  mirror.overlooksLock = false;
  mirror.overlooksProbes = false;
});
afterEach(() => {
  mirror.s3.authorize = authorize;
});

const SOURCE = 'team/site/';
const DESTINATION = 'live/';

/** Two buckets with more than the folder, and somebody who may use no more than that. */
function createPair() {
  const { source, destination, input } = mirror.createPair();
  for (const key of ['a', 'b', 'c/d', 'c/é x', 'page.html', 'z'])
    source.put(`${SOURCE}${key}`, key, { lastModified: past });
  source.put(`${SOURCE}tagged`, 'x', { lastModified: past, tags: [['team', 'blue']] });
  putInParts(source, `${SOURCE}large`, [5 * MIB, MIB], { lastModified: past });
  for (const key of ['other', 'team/other', 'team/site', 'team/site-archive/x', 'zzz'])
    source.put(key, 'private', { lastModified: past });
  destination.put(`${DESTINATION}b`, 'old', { lastModified: past });
  destination.put(`${DESTINATION}orphan`, 'x', { lastModified: past });
  for (const key of ['kept', 'live', 'lively', 'z']) destination.put(key, 'kept', { lastModified: past });
  const iam = new FolderIam(
    mirror.s3,
    { bucket: source.name, folder: SOURCE },
    { bucket: destination.name, folder: DESTINATION },
  );
  mirror.s3.authorize = (request) => iam.authorize(request);
  return { source, destination, iam, input: { ...input, prefix: 'team/site', destinationPrefix: 'live' } };
}

function expectMirrored({ source, destination }: ReturnType<typeof createPair>): void {
  const inFolder = ([key]: readonly [string, unknown]) => key.startsWith(SOURCE);
  const wanted = [...contentsOf(source)].filter(inFolder).map(([key]) => key.slice(SOURCE.length));
  const found = [...contentsOf(destination).keys()].filter((key) => key.startsWith(DESTINATION));
  expect(found).toEqual(wanted.map((key) => `${DESTINATION}${key}`));
  expect(contentsOf(destination).has('kept')).toBe(true);
}

/** HeadBucket and the settings of the buckets are asked for and may be refused; of the listings none may be outside. */
function expectInside({ source, destination, iam }: ReturnType<typeof createPair>): void {
  const outside = [...iam.listed].filter(
    (place) => !place.startsWith(`${source.name}/${SOURCE}`) && !place.startsWith(`${destination.name}/${DESTINATION}`),
  );
  expect(outside).toEqual([]);
  expect(iam.listed.size).toBeGreaterThan(0);
}

describe('somebody who may use one folder of each bucket', () => {
  it.each<[what: string, request: Partial<SyncRequest>, options: MirrorOptions]>(
    everyNth(2, [
      ['a plain run', {}, {}],
      ['a plan', { dryRun: true }, {}],
      ['a guard, and a proof at the end', { maxDeletes: '50%', verify: true }, {}],
      ['a website', { mode: 'publish' }, {}],
      ['filters that leave the first objects out', { include: ['z', 'orphan'] }, {}],
      ['heads of all objects', { compare: 'metadata' }, {}],
      ['checksums of all objects', { compare: 'checksum', verify: true }, {}],
      ['a proof for each delete, as for other S3s', { proof: 'head' }, { host: { trustsListings: false } }],
      ['conditional writes', { conditional: true }, {}],
      ['no lock', { lock: 'none' }, {}],
      ['the lock beside the reports', { lock: 'reports' }, {}],
      ['many pages, split among walkers', {}, { pageSize: 1 }],
      ['rounds that end at once', {}, { pageSize: 1, host: { roundBudgetsMs: [0, 0, 60_000] } }],
    ]),
  )('mirrors it, and lists nothing else: %s', async (_what, request, options) => {
    const pair = createPair();

    const summary = await mirror.run({ ...pair.input, ...request }, options);

    expect(summary.error).toBeUndefined();
    expectInside(pair);
    if (!request.dryRun && !request.include) expectMirrored(pair);
  });

  it('retries what failed', async () => {
    const pair = createPair();
    mirror.s3.onRequest = ({ operation, key }) =>
      operation === 'CopyObject' && key === `${DESTINATION}a` ? { status: 400, code: 'InvalidRequest' } : undefined;
    const { runId } = await mirror.run(pair.input);
    mirror.s3.onRequest = undefined;

    const summary = await mirror.run({ ...pair.input, retry: runId });

    expect(summary).toMatchObject({ status: 'succeeded', totals: { copied: 1 } });
    expectInside(pair);
    expectMirrored(pair);
  });

  it('mirrors some keys of it, although S3 hides behind a 403 that one is absent', async () => {
    const pair = createPair();
    const list = join(temporaryFolder(), 'list.txt');
    writeFileSync(list, ['a', 'b', 'orphan', 'nobody has it'].join('\n'));

    const summary = await mirror.run({ ...pair.input, keys: pathToFileURL(list).href });

    expect(summary).toMatchObject({ status: 'succeeded', totals: { copied: 2, deleted: 1 } });
    expectInside(pair);
  });

  it.each<[what: string, of: 'source' | 'destination', key: string, expected: Partial<RunSummary['totals']>]>(
    everyNth(2, [
      ['source, small', 'source', `${SOURCE}a`, { skipped: 1 }],
      ['source, in parts', 'source', `${SOURCE}large`, { skipped: 1 }],
      ['destination', 'destination', `${DESTINATION}b`, { copied: 8 }],
    ]),
  )('learns by a listing that an object is gone, which S3 hides behind a 403: %s', async (_what, of, key, expected) => {
    const pair = createPair();
    let loops = false;
    mirror.s3.onRequest = ({ operation, query }) => {
      const isRequest = /^(CopyObject|HeadObject|CreateMultipartUpload)$/.test(operation);
      if (loops && isRequest && pair[of].get(key)) pair[of].remove(key);
      loops ||= operation === 'ListObjectsV2' && query.get('max-keys') !== '1';
      return undefined;
    };

    const summary = await mirror.run({ ...pair.input, compare: 'metadata' });

    expect(summary.error).toBeUndefined();
    expect(summary.totals).toMatchObject(expected);
    expectInside(pair);
  });

  it('learns that an object may not be read if the object is there', async () => {
    const pair = createPair();
    const others = mirror.s3.authorize;
    mirror.s3.authorize = async (request) =>
      !(request.operation === 'CopyObject' && request.key === `${DESTINATION}z`) && (await others?.(request)) === true;

    const summary = await mirror.run(pair.input);

    expect(reportLines(summary, 'failures')).toEqual([expect.objectContaining({ key: 'z', reason: 'access-denied' })]);
  });

  it.each(['list', 'head'] as const)(
    'deletes no object that the source has and that may not be read: proof %s',
    async (proof) => {
      const pair = createPair();
      pair.destination.put(`${DESTINATION}z`, 'old', { lastModified: past });
      const others = mirror.s3.authorize;
      mirror.s3.authorize = async (request) =>
        request.key !== `${SOURCE}z` &&
        !request.headers['x-amz-copy-source']?.endsWith('site/z') &&
        (await others?.(request)) === true;

      await mirror.run({ ...pair.input, proof }, { host: { trustsListings: false } });

      expect(pair.destination.get(`${DESTINATION}z`)).toBeDefined();
      expect(pair.destination.get(`${DESTINATION}orphan`)).toBeUndefined();
    },
  );

  it('learns before the run that nothing may be deleted', async () => {
    const pair = createPair();
    const others = mirror.s3.authorize;
    mirror.s3.authorize = async (request) => {
      const refuses = /^DeleteObjects?$/.test(request.operation) && request.key?.startsWith('.') !== true;
      return !refuses && (await others?.(request)) === true;
    };
    mirror.s3.onRequest = ({ operation, key = '' }) =>
      operation === 'DeleteObject' && key.startsWith(DESTINATION)
        ? {
            status: 403,
            code: 'AccessDenied',
            message:
              'User: u is not authorized to perform: s3:DeleteObject on resource: "arn:aws:s3:::d/x" because no identity-based policy allows it',
          }
        : undefined;

    const summary = await mirror.run(pair.input);

    expect(summary).toMatchObject({ wrote: false, error: { name: 'AccessDeniedError' } });
    expect(summary.error?.message).toContain('s3:DeleteObject');
  });

  it('finds the Region without HeadBucket, and removes a lock that was left behind', async () => {
    const pair = createPair();
    const { destination } = pair;
    expect(await findRegion(destination.name, undefined, DESTINATION)).toBe('us-east-1');
    await expect(
      mirror.run(pair.input, {
        around: async (task, _input, invoke) => {
          if (task === 'FinishRun') throw new Error('killed');
          return invoke();
        },
      }),
    ).rejects.toThrow();

    const folder = { destination: destination.name, destinationPrefix: DESTINATION };
    const holders = await unlock(folder, mirror.reportLocation, true);

    expect(holders).toMatchObject([{ folder: DESTINATION, removed: true }]);
    expect(await mirror.run(pair.input)).toMatchObject({ status: 'succeeded' });
    expectInside(pair);
  });
});
