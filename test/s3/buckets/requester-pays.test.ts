import type { Bucket } from '../../../local/s3';
import { past, useMirror } from '../../support/mirror';
import { MIB, putInParts } from '../../support/put-in-parts';

const mirror = useMirror();

/** They know no such header: what they would tell is found out in another way. */
const CANNOT_SAY = ['HeadBucket', 'GetBucketWebsite', 'GetBucketOwnershipControls'];

const KINDS = { source: { requesterPays: true }, destination: { requesterPays: true } };

function createFilledPair(options: Parameters<typeof mirror.createPair>[0]) {
  const pair = mirror.createPair(options);
  const { source, destination } = pair;
  source.put('tagged', 'x', { lastModified: past, tags: [['team', 'blue']] });
  source.put('changed', 'new', { lastModified: past });
  destination.put('changed', 'former', { lastModified: past });
  source.put('same', 'x', { lastModified: past });
  destination.put('same', 'x', { lastModified: past });
  putInParts(source, 'large', [...Array<number>(110).fill(65 * MIB), 90 * MIB, MIB], { lastModified: past });
  for (const orphan of ['orphan', 'odd \u0001 orphan']) destination.put(orphan, 'x');
  return pair;
}

const keysOf = (bucket: Bucket) =>
  [...bucket.index.after('')].map(({ key }) => key).filter((key) => !key.startsWith('.bucketsync/'));

it.each([
  ['the source', { source: KINDS.source }],
  ['the destination', { destination: KINDS.destination }],
  ['both sides', KINDS],
])('mirrors if the requester pays for %s, and says so in every request', async (_which, options) => {
  const { source, destination, input } = createFilledPair(options);
  mirror.overlooksLock = false;
  mirror.overlooksProbes = false;
  const silent: string[] = [];
  const seen = new Set<string>();
  mirror.s3.onRequest = ({ operation, headers }) => {
    seen.add(operation);
    if (headers['x-amz-request-payer'] !== 'requester') silent.push(operation);
    return undefined;
  };

  const summary = await mirror.run({
    ...input,
    requestPayer: 'requester',
    conditional: true,
    compare: 'checksum',
    verify: true,
  });

  expect(summary).toMatchObject({ status: 'succeeded', totals: { copied: 3, deleted: 2 } });
  expect(keysOf(destination)).toEqual(keysOf(source));
  expect(silent.filter((operation) => !CANNOT_SAY.includes(operation))).toEqual([]);
  expect([...seen]).toEqual(
    expect.arrayContaining([
      ...['ListObjectsV2', 'HeadObject', 'GetObject', 'GetObjectAttributes', 'GetObjectTagging', 'CopyObject'],
      ...[
        'CreateMultipartUpload',
        'UploadPartCopy',
        'CompleteMultipartUpload',
        'DeleteObjects',
        'DeleteObject',
        'PutObject',
      ],
    ]),
  );
});

it('never agrees to pay by itself, and names the field if it would help', async () => {
  const { destination, input } = createFilledPair({ source: KINDS.source });
  let agreed = false;
  mirror.s3.onRequest = ({ headers }) => {
    agreed ||= headers['x-amz-request-payer'] !== undefined;
    return undefined;
  };

  const { error } = await mirror.run(input);

  expect(error?.name).toBe('AccessDeniedError');
  expect(error?.message).toContain('set `requestPayer` to "requester" if you agree');
  expect(agreed).toBe(false);
  expect(destination.get('large')).toBeUndefined();
});

it.each([
  ['us-east-1', 'us-east-1', 0],
  ['us-east-1', 'us-east-2', 0.01],
  ['us-east-1', 'eu-west-1', 0.02],
  ['sa-east-1', 'us-east-1', 0.138],
  ['xx-new-1', 'us-east-1', 0.02],
])('estimates what the bytes from %s to %s cost', async (from, to, usdPerGib) => {
  const { source, input } = mirror.createPair({ source: { region: from }, destination: { region: to } });
  source.put('object', Buffer.alloc(8 * MIB), { lastModified: past });

  const { estimatedCostUsd, where } = await mirror.run(input);

  expect(where).toMatchObject({ sourceRegion: from, destinationRegion: to });
  expect(estimatedCostUsd.items.s3Transfer ?? 0).toBeCloseTo((usdPerGib * 8) / 1024, 6);
  expect(estimatedCostUsd.notIncluded).not.toContain('bytes between regions');
});

it('estimates no transfer for a plan, which copies nothing', async () => {
  const { source, input } = mirror.createPair({ destination: { region: 'eu-west-1' } });
  source.put('object', Buffer.alloc(MIB), { lastModified: past });

  const { estimatedCostUsd } = await mirror.run({ ...input, dryRun: true });

  expect(estimatedCostUsd.items.s3Transfer).toBeUndefined();
});
