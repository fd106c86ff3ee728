import type { RequestInfo } from '../../local/s3';
import { emptyCounters, type Run } from '../../statemachine/contract';
import { parseSyncInput } from '../../statemachine/input/parse-sync-input';
import { contentsOf } from '../support/contents';
import { hostOf, past, useMirror } from '../support/mirror';
import { MIB, putInParts } from '../support/put-in-parts';

const mirror = useMirror();

/** Two buckets of which much is copied, inspected and deleted, one of them in its own region. */
function createPair(name: string, regions: { source: string; destination: string }) {
  const source = mirror.s3.createBucket(`${name}-source`, { region: regions.source, ownerId: '111111111111' });
  const destination = mirror.s3.createBucket(`${name}-destination`, {
    region: regions.destination,
    ownerId: '222222222222',
  });
  for (const key of ['a', 'b', 'c', 'd', 'same']) source.put(key, 'x', { lastModified: past });
  source.put('empty', '', { lastModified: past });
  destination.put('same', 'x', { lastModified: past });
  for (const key of ['orphan', 'odd \u0001 orphan']) destination.put(key, 'x');
  return { source, destination, input: { source: source.name, destination: destination.name } };
}

function recordRequests(): RequestInfo[] {
  const requests: RequestInfo[] = [];
  mirror.s3.onRequest = (request) => {
    requests.push(request);
    return undefined;
  };
  return requests;
}

const probes = [
  'GetBucketOwnershipControls',
  'GetBucketWebsite',
  'GetObject',
  'GetObjectTagging',
  'CreateMultipartUpload',
  'AbortMultipartUpload',
];
/** All that a run sends to its two buckets. */
const ALL_OPERATIONS = [
  ...probes,
  'HeadBucket',
  'ListObjectsV2',
  'HeadObject',
  'GetObjectAttributes',
  'CopyObject',
  'UploadPartCopy',
  'CompleteMultipartUpload',
  'ListParts',
  'DeleteObject',
  'DeleteObjects',
];
const observer = { counters: emptyCounters().requests, onSlowDown() {} };
const regionOf = ({ headers }: RequestInfo) => /Credential=[^/]+\/\d+\/([^/]+)/.exec(headers.authorization ?? '')?.[1];

it.each([
  { source: 'us-east-1', destination: 'eu-central-1' },
  { source: 'ap-northeast-1', destination: 'us-east-1' },
  { source: 'eu-west-1', destination: 'eu-west-1' },
])('asks each bucket in its own region once it is known: %j', async (regions) => {
  // Given
  const { source, destination, input } = createPair(`${regions.source}-${regions.destination}`, regions);
  const requests = recordRequests();

  // When
  const summary = await mirror.run(input, { pageSize: 2 });

  // Then
  expect(summary).toMatchObject({ status: 'succeeded', totals: { copied: 5, deleted: 2 } });
  expect(contentsOf(destination)).toEqual(contentsOf(source));
  const later = requests.filter(({ operation }) => operation !== 'HeadBucket');
  expect(new Set(later.map(({ operation }) => operation))).toEqual(
    new Set([...probes, 'ListObjectsV2', 'HeadObject', 'CopyObject', 'DeleteObject', 'DeleteObjects']),
  );
  for (const request of later) {
    const { operation, bucket } = request;
    const region = bucket === source.name ? regions.source : regions.destination;
    expect([operation, bucket, regionOf(request)]).toEqual([operation, bucket, region]);
  }
});

it('names the owners in every request, so that no bucket of somebody else is read or written', async () => {
  // Given what takes each kind of request: parts with layouts to be found out, an upload that is given up, tags, headers
  const { source, destination, input } = createPair('owned', { source: 'us-east-1', destination: 'us-east-1' });
  putInParts(source, 'parts', [5 * MIB, 5 * MIB, MIB], { lastModified: past, tags: [['team', 'red']] });
  putInParts(source, 'refused', [5 * MIB, 5 * MIB], { lastModified: past });
  for (const side of [source, destination]) side.put('headers', 'x', { lastModified: past, user: { side: side.name } });
  const requests = recordRequests();
  const record = mirror.s3.onRequest;
  mirror.s3.onRequest = async (request) => {
    await record?.(request);
    const isRefused = request.operation === 'UploadPartCopy' && request.key === 'refused';
    return isRefused ? { status: 403, code: 'AccessDenied' } : undefined;
  };

  // When
  const owners = { sourceOwner: '111111111111', destinationOwner: '222222222222' };
  const summary = await mirror.run({ ...input, ...owners, compare: 'checksum' });
  const run = { input: parseSyncInput(summary.input), sourceRegion: 'us-east-1', destinationRegion: 'us-east-1' };
  const buckets = hostOf().openBuckets({ ...run, settings: { acls: false, website: false } } as Run, observer);
  await buckets.source.listPartSizes({ key: 'parts', eTag: 'another' }); // asked of parts with checksums of their own
  await buckets.destination.uploads.listParts('parts', 'ended'); // and of an upload that goes on

  // Then
  expect(summary).toMatchObject({ error: { keys: ['refused'] }, totals: { deleted: 2, failed: 1 } });
  for (const { bucket, operation, headers } of requests) {
    const owner = bucket === source.name ? '111111111111' : '222222222222';
    expect([operation, headers['x-amz-expected-bucket-owner']]).toEqual([operation, owner]);
    const sourceOwner = headers['x-amz-copy-source'] === undefined ? undefined : '111111111111';
    expect([operation, headers['x-amz-source-expected-bucket-owner']]).toEqual([operation, sourceOwner]);
  }
  expect(new Set(requests.map(({ operation }) => operation))).toEqual(new Set(ALL_OPERATIONS));
});

it('names no owner if none was given', async () => {
  const { input } = createPair('free', { source: 'us-east-1', destination: 'us-east-1' });
  const requests = recordRequests();
  await mirror.run(input);
  expect(requests.filter(({ headers }) => headers['x-amz-expected-bucket-owner'] !== undefined)).toEqual([]);
});

it('deletes nothing if the source gets another owner after it was checked', async () => {
  // Given a bucket name that somebody else has from the first list page of the loops on
  const { destination, input } = createPair('lost', { source: 'us-east-1', destination: 'us-east-1' });
  const before = contentsOf(destination);
  mirror.s3.onRequest = ({ operation, bucket, query }) => {
    if (operation === 'ListObjectsV2' && bucket === input.source && query.get('max-keys') !== '1') {
      mirror.s3.createBucket(input.source, { ownerId: '333333333333' });
    }
    return undefined;
  };

  // When
  const summary = await mirror.run({ ...input, sourceOwner: '111111111111' });

  // Then
  expect(summary).toMatchObject({ status: 'failed', error: { name: 'ListingError' }, totals: { deleted: 0 } });
  expect(contentsOf(destination)).toEqual(before);
});
