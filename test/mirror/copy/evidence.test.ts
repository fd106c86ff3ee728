import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { openRunStore } from '../../../lambdas/host/run-store/open-run-store';
import type { BucketOptions, PutAttributes } from '../../../local/s3';
import { ListingError } from '../../../statemachine/errors';
import { contentsOf } from '../../support/contents';
import { type MirrorOptions, useMemoryMirror } from '../../support/memory-mirror';
import { reportLines } from '../../support/report-lines';

let now = new Date('2026-03-01T00:00:00Z');
const mirror = useMemoryMirror({ now: () => now });
afterEach(() => rmSync(join(mirror.runsFolder, 'evidence'), { recursive: true, force: true }));

const first = new Date('2026-01-01T00:00:00Z');
const second = new Date('2026-02-01T00:00:00Z');
const kms = { algorithm: 'aws:kms', kmsKeyId: 'arn:aws:kms:us-east-1:123456789012:key/k' };
const noChecksum = { algorithm: 'SHA256', type: 'COMPOSITE' } as const;
const inParts = (digit: string) => ({ eTag: `${digit.repeat(32)}-2` });
const strategies = ['auto', 'metadata'] as const;

function filesOf(folder: 'indexes' | 'parts'): string[] {
  const evidence = join(mirror.runsFolder, 'evidence');
  return readdirSync(evidence).flatMap((one) => readdirSync(join(evidence, one, folder)));
}

function heads(): number {
  return mirror.s3.requests.of('HeadObject');
}

describe.each(strategies)('compare: %s', (compare) => {
  it.each<[what: string, options: BucketOptions, one: PutAttributes, other: PutAttributes]>([
    ['encrypted with a KMS key', { encryption: kms }, {}, {}],
    ['in other parts', {}, inParts('a'), { eTag: 'b'.repeat(32) }],
    ['in as many parts', { encryption: kms }, inParts('a'), inParts('b')],
    ['encrypted, without checksums', { encryption: kms }, { checksum: noChecksum }, { checksum: noChecksum }],
    ['in other parts, without checksums', {}, { ...inParts('a'), checksum: noChecksum }, { checksum: noChecksum }],
  ])('notices a source that was rolled back to a version which is %s', async (_what, options, one, other) => {
    // Given a copy of the second version
    const { source, destination, input } = mirror.createPair({ source: { ...options, versioning: 'Enabled' } });
    source.put('k', 'good', { ...one, lastModified: first });
    const { versionId } = source.put('k', 'oops', { ...other, lastModified: second });
    expect(await mirror.run({ ...input, compare })).toMatchObject({ totals: { copied: 1 } });
    expect(await mirror.run({ ...input, compare })).toMatchObject({ totals: { copied: 0 } });

    // When
    source.removeVersion('k', versionId);
    const found = await mirror.run({ ...input, compare, dryRun: true });
    const summary = await mirror.run({ ...input, compare, verify: true });

    // Then
    expect(found).toMatchObject({ totals: { copied: 1 } });
    expect(summary).toMatchObject({ status: 'succeeded', totals: { copied: 1 } });
    expect(contentsOf(destination)).toEqual(contentsOf(source));
    expect(await mirror.run({ ...input, compare, verify: true })).toMatchObject({ totals: { copied: 0 } });
  });

  it('notices an object that appears under a key with the date of long ago, as S3 Replication writes it', async () => {
    const { source, destination, input } = mirror.createPair({ source: { encryption: kms } });
    source.put('k', 'ours', { lastModified: second });
    await mirror.run({ ...input, compare });
    source.put('k', 'copy', { lastModified: first });

    const summary = await mirror.run({ ...input, compare, verify: true });

    expect(summary).toMatchObject({ status: 'succeeded', totals: { copied: 1 } });
    expect(contentsOf(destination)).toEqual(contentsOf(source));
  });

  it('copies nothing in the second run of objects without checksums that a key encrypts: the copy was the proof', async () => {
    const { source, input } = mirror.createPair({ destination: { encryption: kms } });
    for (let index = 0; index < 30; index++)
      source.put(`k${index}`, `${index}`, { lastModified: first, checksum: noChecksum });
    expect(await mirror.run({ ...input, compare, verify: true })).toMatchObject({
      status: 'succeeded',
      totals: { copied: 30 },
    });

    const summary = await mirror.run({ ...input, compare, verify: true }, { pageSize: 7 });

    expect(summary).toMatchObject({ status: 'succeeded', totals: { copied: 0, unchanged: 60 } });
  });
});

it('keeps the evidence of earlier runs while a plan is applied, which looks only at what it changes', async () => {
  const { source, input } = mirror.createPair({ destination: { encryption: kms } });
  for (let index = 0; index < 5; index++) source.put(`k${index}`, 'x', { lastModified: first, checksum: noChecksum });
  await mirror.run(input);
  source.put('new', 'x', { lastModified: first, checksum: noChecksum });
  const plan = await mirror.run({ ...input, dryRun: true });
  expect(await mirror.run({ ...input, apply: plan.runId })).toMatchObject({ totals: { copied: 1 } });

  expect(await mirror.run(input)).toMatchObject({ totals: { copied: 0, unchanged: 12 } });
});

it('notices headers that were rolled back under an equal ETag with `metadata`, and not with `auto`', async () => {
  const { source, destination, input } = mirror.createPair({ source: { versioning: 'Enabled' } });
  const html = (cacheControl: string) => ({ system: { 'content-type': 'text/html', 'cache-control': cacheControl } });
  source.put('k', 'same', { ...html('max-age=60'), lastModified: first });
  const { versionId } = source.put('k', 'same', { ...html('no-store'), lastModified: second });
  await mirror.run(input);
  source.removeVersion('k', versionId);

  expect(await mirror.run({ ...input, verify: true })).toMatchObject({ status: 'succeeded', totals: { copied: 0 } });
  expect(await mirror.run({ ...input, compare: 'metadata' })).toMatchObject({ totals: { copied: 1 } });
  expect(destination.get('k')?.metadata).toEqual(source.get('k')?.metadata);
});

it('sends no HEAD in a run that changes nothing, although no ETag can be compared', async () => {
  const { source, destination, input } = mirror.createPair({ destination: { encryption: kms } });
  for (let index = 0; index < 50; index++) {
    source.put(`k${index}`, `${index}`, { lastModified: first });
    destination.put(`k${index}`, `${index}`, { lastModified: second });
  }
  await mirror.run(input);
  expect(heads()).toBe(100);

  for (const pageSize of [1000, 7, 1000]) {
    mirror.s3.requests.reset();
    expect(await mirror.run(input, { pageSize })).toMatchObject({ totals: { copied: 0 } });
    expect(heads()).toBe(0);
  }
});

it('forgets what is proved of a pair as soon as either side is another object', async () => {
  const { source, destination, input } = mirror.createPair({ destination: { encryption: kms } });
  for (const key of ['a', 'b', 'c']) source.put(key, 'x', { lastModified: first });
  await mirror.run(input);
  now = new Date(now.getTime() + 60_000);
  destination.put('b', 'y');

  const summary = await mirror.run(input);

  expect(reportLines(summary, 'actions').map(({ key }) => key)).toEqual(['b']);
  expect(contentsOf(destination)).toEqual(contentsOf(source));
});

it('keeps the evidence of objects that filters leave out, so that a later run of everything sends no HEAD', async () => {
  const { source, input } = mirror.createPair({ destination: { encryption: kms } });
  for (const key of ['a.html', 'b.css', 'c.html']) source.put(key, 'x', { lastModified: first });
  await mirror.run({ ...input, mode: 'publish' });
  await mirror.run({ ...input, exclude: ['*.css'] });
  mirror.s3.requests.reset();

  expect(await mirror.run(input)).toMatchObject({ totals: { copied: 0, unchanged: 6 } });
  expect(heads()).toBe(0);
});

it('keeps one list and the parts on it, however many runs there are', async () => {
  const { source, input } = mirror.createPair({ destination: { encryption: kms } });
  for (let index = 0; index < 5; index++) {
    source.put(`k${index}`, 'x', { lastModified: first });
    await mirror.run(input);
    // the plan and the phase after it each leave a part
    expect(filesOf('indexes')).toHaveLength(1);
    expect(filesOf('parts').length).toBeLessThanOrEqual(2);
  }
});

it('keeps what earlier runs proved if a run ends before it has seen everything', async () => {
  const { source, input } = mirror.createPair({ destination: { encryption: kms } });
  for (let index = 0; index < 20; index++) source.put(`k${index}`, 'x', { lastModified: first });
  await mirror.run(input);
  mirror.s3.onRequest = ({ operation, bucket, query }) =>
    operation === 'ListObjectsV2' &&
    bucket === source.name &&
    (query.has('continuation-token') || query.has('start-after'))
      ? { status: 403, code: 'AccessDenied' }
      : undefined;
  expect(await mirror.run(input, { pageSize: 7, serial: true })).toMatchObject({ error: { name: 'ListingError' } });
  mirror.s3.onRequest = undefined;
  mirror.s3.requests.reset();

  expect(await mirror.run(input)).toMatchObject({ status: 'succeeded', totals: { copied: 0 } });
  expect(heads()).toBe(0);
});

/** Generations of evidence in the run store. */
const generations = () =>
  new Set(
    [...filesOf('indexes'), ...filesOf('parts')].map((name) =>
      name.replace('.json', '').split('-').slice(0, 2).join('-'),
    ),
  ).size;

it.each<[ends: string, around: MirrorOptions['around']]>([
  [
    'breaks off',
    async (task, _input, invoke) => {
      const result = await invoke();
      if (task === 'AdvanceCopy') throw new ListingError('Could not list');
      return result;
    },
  ],
  [
    'is killed before FinishRun',
    async (task, _input, invoke) => {
      if (task === 'FinishRun') throw new Error('killed');
      const result = await invoke();
      if (task === 'AdvanceCopy') throw new ListingError('Could not list');
      return result;
    },
  ],
])('keeps of few runs what they proved, and all of the last whole one, if every run %s', async (_ends, around) => {
  const { source, input } = mirror.createPair({ destination: { encryption: kms } });
  for (let index = 0; index < 5; index++) source.put(`k${index}`, 'x', { lastModified: first, checksum: noChecksum });
  await mirror.run(input);

  for (let run = 0; run < 8; run++) {
    const options = { around, host: { isRunning: async () => false } };
    await mirror.run(input, options).catch(() => {});
    expect(generations()).toBeLessThanOrEqual(6);
  }
  source.put('new', 'x', { lastModified: first, checksum: noChecksum });
  mirror.s3.requests.reset();

  const summary = await mirror.run(input, { host: { isRunning: async () => false } });
  expect(summary).toMatchObject({ status: 'succeeded', totals: { copied: 1 } });
  expect(heads()).toBe(0);
  expect(generations()).toBe(1);
});

it('says in the error of a verify phase if the evidence of the copies could not be written', async () => {
  const { source, input } = mirror.createPair({ destination: { encryption: kms } });
  for (let index = 0; index < 3; index++) source.put(`k${index}`, 'x', { lastModified: first, checksum: noChecksum });
  const runStore = openRunStore(mirror.reportLocation);
  const put = runStore.put.bind(runStore);
  runStore.put = async (name, body) => {
    if (name.startsWith('evidence/')) throw new Error('The disk is full');
    return put(name, body);
  };

  const { error } = await mirror.run({ ...input, verify: true }, { pageSize: 2, host: { runStore } });

  expect(error).toMatchObject({ name: 'DriftError' });
  expect(error?.message).toMatch(/^Nothing proves that 3 objects of the source are equal .* `evidence\/`/);
});

it('proves everything again if its memory was lost in part', async () => {
  const { source, input } = mirror.createPair({ destination: { encryption: kms } });
  source.put('k', 'x', { lastModified: first });
  await mirror.run(input);
  for (const folder of readdirSync(join(mirror.runsFolder, 'evidence')))
    rmSync(join(mirror.runsFolder, 'evidence', folder, 'parts'), { recursive: true });
  mirror.s3.requests.reset();

  expect(await mirror.run(input)).toMatchObject({ status: 'succeeded', totals: { copied: 0 } });
  expect(heads()).toBe(2);
});
