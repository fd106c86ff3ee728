import { CompleteMultipartUploadCommand, CreateMultipartUploadCommand, UploadPartCommand } from '@aws-sdk/client-s3';
import type { Bucket, BucketOptions, PutAttributes } from '../../../local/s3';
import type { RunSummary } from '../../../statemachine/contract';
import { contentsOf } from '../../support/contents';
import { useMemoryMirror } from '../../support/memory-mirror';
import { useMirror } from '../../support/mirror';
import { reportLines } from '../../support/report-lines';
import { connect } from '../../support/s3-client';

let now = new Date('2026-03-01T00:00:00Z');
const mirror = useMemoryMirror({ now: () => now });
/** For an object that a client uploads. */
const overHttp = useMirror({ now: () => now });
// a run without a plan sends the HEADs of a comparison once, so that they can be counted
mirror.walksAndActs = true;
overHttp.walksAndActs = true;

const older = new Date('2026-01-01T00:00:00Z');
const newer = new Date('2026-02-01T00:00:00Z');
const kms = { algorithm: 'aws:kms', kmsKeyId: 'arn:aws:kms:us-east-1:123456789012:key/k' };
/** Of the parts' checksums: it says nothing of the content. */
const noChecksum = { algorithm: 'SHA256', type: 'COMPOSITE' } as const;
const html = { 'content-type': 'text/html' };

type Side = readonly [content: string, attributes: PutAttributes];

/** What `auto` does with one object, by the report, and what it asked for to find out. */
async function decide(there: Side, here: Side): Promise<{ outcome: string; heads: number; summary: RunSummary }> {
  const { source, destination, input } = mirror.createPair();
  source.put('k', ...there);
  destination.put('k', ...here);
  const summary = await mirror.run(input);
  const outcome = reportLines(summary, 'actions')[0]?.reason ?? 'unchanged';
  expect(outcome === 'unchanged').toBe(summary.totals.copied === 0);
  if (outcome !== 'unchanged') expect(contentsOf(destination)).toEqual(contentsOf(source));
  return { outcome, heads: mirror.s3.requests.of('HeadObject'), summary };
}

it.each<[what: string, there: Side, here: Side, outcome: string, heads: number]>([
  ['another size', ['long', { lastModified: older }], ['x', { lastModified: newer }], 'size', 0],
  ['nothing else', ['x', { lastModified: older }], ['x', { lastModified: newer }], 'unchanged', 0],
  ['the same date', ['x', { lastModified: newer }], ['x', { lastModified: newer }], 'unchanged', 2],
  ['another content of the same size', ['a', { lastModified: newer }], ['b', { lastModified: older }], 'etag', 0],
  ['content that somebody put later', ['a', { lastModified: older }], ['b', { lastModified: newer }], 'etag', 2],
  [
    'another Cache-Control',
    ['x', { lastModified: newer, system: { ...html, 'cache-control': 'no-store' } }],
    ['x', { lastModified: older, system: html }],
    'metadata',
    2,
  ],
  [
    'another content type',
    ['x', { lastModified: newer, system: html }],
    ['x', { lastModified: older, system: { 'content-type': 'text/plain' } }],
    'metadata',
    2,
  ],
  [
    'other metadata of the user',
    ['x', { lastModified: newer, user: { team: 'blue' } }],
    ['x', { lastModified: older, user: { team: 'red' } }],
    'metadata',
    2,
  ],
  [
    'a website redirect',
    ['', { lastModified: newer, websiteRedirect: '/there' }],
    ['', { lastModified: older }],
    'metadata',
    3,
  ],
  [
    'other metadata below a newer copy',
    ['x', { lastModified: older, user: { team: 'blue' } }],
    ['x', { lastModified: newer, user: { team: 'red' } }],
    'unchanged',
    0,
  ],
  [
    'a KMS key at the destination',
    ['a', { lastModified: older }],
    ['b', { lastModified: newer, encryption: kms, eTag: 'f'.repeat(32) }],
    'checksum',
    2,
  ],
  [
    'a KMS key at the destination, and the same content',
    ['a', { lastModified: older }],
    ['a', { lastModified: newer, encryption: kms, eTag: 'f'.repeat(32) }],
    'unchanged',
    2,
  ],
  [
    'a KMS key at the destination, and no checksum to tell the content by',
    ['a', { lastModified: older, checksum: noChecksum }],
    ['a', { lastModified: newer, encryption: kms, eTag: 'f'.repeat(32) }],
    'unproven',
    2,
  ],
  [
    'a KMS key at the source, which is newer',
    ['a', { lastModified: newer, encryption: kms, eTag: 'f'.repeat(32) }],
    ['a', { lastModified: older }],
    'etag',
    0,
  ],
  [
    'a multipart ETag at an older source',
    ['a', { lastModified: older, eTag: `${'f'.repeat(32)}-2` }],
    ['a', { lastModified: newer }],
    'unchanged',
    2,
  ],
  [
    'a multipart ETag at an older source with other content',
    ['a', { lastModified: older, eTag: `${'f'.repeat(32)}-2` }],
    ['b', { lastModified: newer }],
    'checksum',
    3, // to copy it in the same parts takes another one
  ],
  [
    'a multipart ETag at an older destination',
    ['a', { lastModified: newer }],
    ['a', { lastModified: older, eTag: `${'f'.repeat(32)}-2` }],
    'etag',
    0,
  ],
])('with %s, decides as its table says', async (_what, there, here, outcome, heads) => {
  expect(await decide(there, here)).toMatchObject({ outcome, heads });
});

it('notices an upload in parts that began before the copy and ended after it, although the copy is newer', async () => {
  // Given a copy of an object that is being replaced by another one of the same size
  const { source, destination, input } = overHttp.createPair();
  const client = connect(overHttp.s3.endpoint);
  const begin = async () => {
    const upload = { Bucket: source.name, Key: 'k' };
    const { UploadId } = await client.send(new CreateMultipartUploadCommand(upload));
    return async (Body: string) => {
      const part = { ...upload, UploadId, PartNumber: 1 };
      const { ETag } = await client.send(new UploadPartCommand({ ...part, Body }));
      const MultipartUpload = { Parts: [{ PartNumber: 1, ETag }] };
      await client.send(new CompleteMultipartUploadCommand({ ...upload, UploadId, MultipartUpload }));
    };
  };
  await (await begin())('first');
  now = new Date(now.getTime() + 60_000);
  const complete = await begin();
  now = new Date(now.getTime() + 60_000);
  await overHttp.run(input);
  await complete('other');
  client.destroy();

  // When
  const summary = await overHttp.run(input);

  // Then
  expect(summary.totals).toMatchObject({ copied: 1 });
  expect(contentsOf(destination)).toEqual(contentsOf(source));
  expect(await overHttp.run({ ...input, verify: true })).toMatchObject({ status: 'succeeded', totals: { copied: 0 } });
});

it.each<[what: string, options: BucketOptions, fill: (source: Bucket) => void]>([
  ['plain', {}, (source) => source.put('k', 'x', { lastModified: older })],
  ['encrypted with a KMS key', { encryption: kms }, (source) => source.put('k', 'x', { lastModified: older })],
  ['empty, and encrypted', { encryption: kms }, (source) => source.put('k', '', { lastModified: older })],
  ['versioned', { versioning: 'Enabled' }, (source) => source.put('k', 'x', { lastModified: older })],
])('stays finished if the destination is %s: the second run copies nothing', async (_what, options, fill) => {
  // Given a finished mirror
  const { source, destination, input } = mirror.createPair({ destination: options });
  fill(source);
  source.put('plain', 'y', { lastModified: older });
  expect(await mirror.run(input)).toMatchObject({ status: 'succeeded', totals: { copied: 2 } });
  mirror.s3.requests.reset();

  // When
  const again = await mirror.run({ ...input, verify: true });

  // Then
  expect(again).toMatchObject({ status: 'succeeded', totals: { copied: 0, failed: 0 } });
  expect(mirror.s3.requests.of('CopyObject')).toBe(0);
  expect(contentsOf(destination)).toEqual(contentsOf(source));
});

it('does not repeat a copy that was made in the second in which its source was written', async () => {
  const { source, input } = mirror.createPair({ destination: { encryption: kms } });
  source.put('k', 'x', { lastModified: now });
  expect(await mirror.run(input)).toMatchObject({ totals: { copied: 1 } });
  now = new Date(now.getTime() + 1000);
  expect(await mirror.run(input)).toMatchObject({ totals: { copied: 0 } });
});

it('copies the version that it compared, or the one that came after it, and reports that', async () => {
  // Given an object that changes between the list page and the HEAD
  const { source, destination, input } = mirror.createPair();
  source.put('k', 'x', { lastModified: newer, user: { team: 'blue' } });
  destination.put('k', 'x', { lastModified: older });
  mirror.s3.onRequest = ({ operation, bucket }) => {
    if (operation === 'HeadObject' && bucket === source.name && source.get('k')?.body.length === 1) {
      source.put('k', 'changed meanwhile');
    }
    return undefined;
  };

  // When
  const summary = await mirror.run(input);
  mirror.s3.onRequest = undefined;

  // Then
  expect(contentsOf(destination)).toEqual(contentsOf(source));
  expect(summary.totals).toMatchObject({ copied: 1, copiedBytes: 'changed meanwhile'.length });
  expect(reportLines(summary, 'actions')).toEqual([
    expect.objectContaining({ key: 'k', eTag: source.get('k')?.eTag, sizeBytes: 'changed meanwhile'.length }),
  ]);
});

it('copies an object that somebody deleted from the destination between the list page and the HEAD', async () => {
  const { source, destination, input } = mirror.createPair();
  source.put('k', 'x', { lastModified: newer });
  destination.put('k', 'x', { lastModified: older });
  mirror.s3.onRequest = ({ operation }) => {
    if (operation === 'HeadObject') destination.remove('k');
    return undefined;
  };

  const summary = await mirror.run(input);
  mirror.s3.onRequest = undefined;

  expect(summary).toMatchObject({ status: 'succeeded', totals: { copied: 1 } });
  expect(contentsOf(destination)).toEqual(contentsOf(source));
});
