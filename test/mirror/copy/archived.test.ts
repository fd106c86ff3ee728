import { readFileSync } from 'node:fs';
import { PassThrough } from 'node:stream';
import { renderSummary } from '../../../cli/output/summary';
import type { Bucket } from '../../../local/s3';
import { formatWaiting } from '../../../wording/format-waiting';
import { contentsOf } from '../../support/contents';
import { past, useMirror } from '../../support/mirror';
import { MIB, putInParts } from '../../support/put-in-parts';
import { reportLines } from '../../support/report-lines';

const mirror = useMirror();

/** Two archived objects, one of them uploaded in parts, beside others; the destination has an old copy of one. */
function createPair(request: object = {}) {
  const pair = mirror.createPair();
  pair.source.put('deep', 'x', { lastModified: past, storageClass: 'DEEP_ARCHIVE' });
  putInParts(pair.source, 'large', [65 * MIB, 65 * MIB], { lastModified: past, storageClass: 'GLACIER' });
  pair.source.put('plain', 'x', { lastModified: past });
  pair.destination.put('deep', 'former content');
  return { ...pair, input: { ...pair.input, ...request } };
}

const keysOf = (bucket: Bucket) =>
  [...bucket.index.after('')].map(({ key }) => key).filter((key) => !key.startsWith('.bucketsync/'));

/** As S3 does after some hours. */
function endRestores(bucket: Bucket, keys: readonly string[]): void {
  for (const key of keys) {
    const version = bucket.get(key);
    if (version) version.restore = { ongoing: false, expires: new Date('2099-01-01T00:00:00Z') };
  }
}

it('leaves archived objects alone if it is told to skip them, and succeeds each night', async () => {
  const { source, destination, input } = createPair({ archived: 'skip' });
  mirror.s3.requests.reset();

  const summary = await mirror.run(input);

  expect(summary).toMatchObject({ status: 'succeeded', totals: { copied: 1, skipped: 2, failed: 0, deleted: 0 } });
  expect(summary.totals.waiting).toBeUndefined();
  expect(mirror.s3.requests.of('RestoreObject')).toBe(0);
  expect(destination.get('deep')?.body.length).toBe('former content'.length);
  expect(source.get('deep')?.restore).toBeUndefined();
  expect(reportLines(summary, 'actions')).toContainEqual(
    expect.objectContaining({ action: 'skip', key: 'deep', reason: 'archived' }),
  );
});

it('restores archived objects, waits for S3 over as many runs as it takes, and copies them then', async () => {
  const { source, destination, input } = createPair({ archived: 'restore', restoreDays: 3, verify: true });
  const asked: string[] = [];
  mirror.s3.onRequest = async ({ operation, key, readBody }) => {
    if (operation === 'RestoreObject' && !key?.includes('probe')) asked.push(`${key} ${await readBody()}`);
    return undefined;
  };

  const first = await mirror.run(input);
  const second = await mirror.run(input);
  endRestores(source, ['deep']);
  const third = await mirror.run(input);
  endRestores(source, ['large']);
  const fourth = await mirror.run(input);
  const fifth = await mirror.run(input);

  const waiting = (skipped: number) => (skipped === 0 ? {} : { waiting: skipped, skipped });
  expect(first).toMatchObject({ status: 'succeeded', totals: { copied: 1, failed: 0, ...waiting(2) } });
  expect(second).toMatchObject({ status: 'succeeded', totals: { copied: 0, ...waiting(2) } });
  expect(third).toMatchObject({ status: 'succeeded', totals: { copied: 1, ...waiting(1) } });
  expect(fourth).toMatchObject({ status: 'succeeded', totals: { copied: 1, skipped: 0 } });
  expect(fifth).toMatchObject({ status: 'succeeded', totals: { copied: 0, skipped: 0 } });
  expect(asked.map((request) => request.split(' ')[0])).toEqual(['deep', 'large']);
  expect(asked[0]).toMatch(/<Days>3<\/Days><GlacierJobParameters><Tier>Bulk<\/Tier>/);
  expect(keysOf(destination)).toEqual(['deep', 'large', 'plain']);
  expect(destination.get('large')?.eTag).toBe(source.get('large')?.eTag);
  expect(reportLines(first, 'actions').filter(({ phase }) => phase === 'sync')).toContainEqual(
    expect.objectContaining({ action: 'restore', key: 'deep', outcome: 'done', reason: 'archived' }),
  );
  expect(reportLines(second, 'actions')).toContainEqual(
    expect.objectContaining({ action: 'skip', key: 'deep', reason: 'restoring' }),
  );
});

it('restores nothing that is already equal, and nothing in a plan', async () => {
  const { source, destination, input } = createPair({ archived: 'restore' });
  source.put('equal', 'x', { lastModified: past, storageClass: 'DEEP_ARCHIVE' });
  destination.put('equal', 'x');

  const plan = await mirror.run({ ...input, dryRun: true });

  expect(mirror.s3.requests.of('RestoreObject')).toBe(0);
  expect(plan).toMatchObject({ status: 'succeeded', totals: { copied: 1, waiting: 2, deleted: 0 } });
  expect(reportLines(plan, 'actions')).toContainEqual(
    expect.objectContaining({ action: 'restore', outcome: 'planned', key: 'deep' }),
  );
  await mirror.run(input);
  expect(source.get('equal')?.restore).toBeUndefined();
});

it('requests the configured tier, and reports an object whose class does not have that tier', async () => {
  const { source, input } = createPair({ archived: 'restore', restoreTier: 'Expedited' });

  const summary = await mirror.run(input);

  expect(summary).toMatchObject({ error: { name: 'SyncIncompleteError', keys: ['deep'] }, totals: { waiting: 1 } });
  expect(reportLines(summary, 'failures')[0]?.error).toContain('Expedited retrievals are not supported');
  expect(source.get('large')?.restore).toEqual({ ongoing: true });
});

it('waits if S3 says that a restore is under way, although the list page does not', async () => {
  const { input } = createPair({ archived: 'restore' });
  mirror.s3.onRequest = ({ operation, key }) =>
    operation === 'RestoreObject' && key === 'deep' ? { status: 409, code: 'RestoreAlreadyInProgress' } : undefined;

  const summary = await mirror.run(input);

  expect(summary).toMatchObject({ status: 'succeeded', totals: { waiting: 2 } });
  expect(reportLines(summary, 'actions')).toContainEqual(
    expect.objectContaining({ action: 'skip', key: 'deep', reason: 'restoring' }),
  );
});

it('copies at once what S3 has restored, although list pages do not show it', async () => {
  const { source, destination, input } = createPair({ archived: 'restore' });
  endRestores(source, ['deep', 'large']);
  mirror.s3.onRequest = ({ operation }) =>
    operation === 'ListObjectsV2'
      ? { rewrite: (body: string) => body.replaceAll(/<RestoreStatus>.*?<\/RestoreStatus>/gs, '') }
      : undefined;

  const summary = await mirror.run(input);

  expect(summary).toMatchObject({ status: 'succeeded', totals: { copied: 3, skipped: 0 } });
  expect(destination.get('deep')?.eTag).toBe(source.get('deep')?.eTag);
});

it.each([
  ['skip', { status: 'succeeded', totals: { copied: 0, skipped: 1 } }],
  ['restore', { status: 'succeeded', totals: { copied: 0, waiting: 1 } }],
  ['fail', { error: { name: 'SyncIncompleteError', keys: ['tiered'] }, totals: { failed: 1 } }],
])(
  'with `archived` %j, meets an object that Intelligent-Tiering has archived, which only the copy shows',
  async (archived, expected) => {
    const { source, input } = mirror.createPair();
    source.put('tiered', 'x', { lastModified: past, storageClass: 'INTELLIGENT_TIERING' });
    const asked: string[] = [];
    mirror.s3.onRequest = async ({ operation, key, readBody }) => {
      if (operation === 'CopyObject') return { status: 403, code: 'InvalidObjectState' };
      if (operation !== 'RestoreObject' || key !== 'tiered') return undefined;
      asked.push(String(await readBody()));
      return { status: 409, code: 'RestoreAlreadyInProgress' };
    };

    const summary = await mirror.run({ ...input, archived });

    expect(summary).toMatchObject(expected);
    expect(asked.map((body) => body.includes('<Days>'))).toEqual(archived === 'restore' ? [false] : []);
  },
);

it('is rejected before anything is written if the source may not be restored from', async () => {
  const { source, destination, input } = createPair({ archived: 'restore' });
  source.denied.add('s3:RestoreObject');

  const { error } = await mirror.run(input);

  expect(error).toMatchObject({ name: 'AccessDeniedError' });
  expect(error?.message).toContain('s3:RestoreObject');
  expect(keysOf(destination)).toEqual(['deep']);
  expect((await mirror.run({ ...input, archived: 'skip' })).status).toBe('succeeded');
});

it('publishes no page while what it links to waits', async () => {
  const { input } = createPair({ archived: 'restore', mode: 'publish' });

  expect((await mirror.run(input)).error).toMatchObject({
    name: 'InvalidInputError',
    message: expect.stringContaining('Expected `archived` to be "fail" or "skip" if `mode` is "publish"'),
  });
});

it('says in summary and page what waits, how long that takes, and what to do then', async () => {
  const { input } = createPair({ archived: 'restore' });

  const summary = await mirror.run(input);

  const stream = Object.assign(new PassThrough(), { isTTY: false }) as unknown as NodeJS.WriteStream;
  const sentence =
    'Waiting: 2 objects in archives until S3 has restored them. That takes up to 12 hours, from DEEP_ARCHIVE 48. Then run again';
  const page = readFileSync(`${summary.report}report.html`, 'utf8');
  expect(renderSummary(summary, stream)).toContain('2 waiting to be restored');
  expect(renderSummary(summary, stream)).toContain(sentence);
  expect(page).toContain(sentence);
  expect(formatWaiting({ ...summary, input: { dryRun: true } })).toContain('A run asks S3 to restore them');
  expect(formatWaiting({ ...summary, totals: { ...summary.totals, waiting: undefined } })).toBeUndefined();
});

it('deletes no copy of an object that waits', async () => {
  const { destination, input } = createPair({ archived: 'restore' });

  await mirror.run(input);

  expect(contentsOf(destination).has('deep')).toBe(true);
});
