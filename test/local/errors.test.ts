import { runLocally } from '../../local/run-locally';
import { type Bucket, type S3Server, startS3 } from '../../local/s3';
import type { ErrorName } from '../../statemachine/errors';
import { everyNth } from '../support/length';
import { localEnvironment } from '../support/local-environment';
import { temporaryFolder } from '../support/temporary-folder';

/** Threads load what is built, as each would take seconds to compile the sources. */
jest.mock('../../local/module-path', () => jest.requireActual('../support/built-module-path'));

let s3: S3Server;
let source: Bucket;
let destination: Bucket;
const runs = temporaryFolder();

beforeEach(async () => {
  s3 = await startS3();
  source = s3.createBucket('a-source');
  destination = s3.createBucket('a-destination');
  for (const key of ['a', 'b', 'c']) source.put(key, 'x', { lastModified: new Date(0) });
  for (const key of ['orphan', 'another orphan']) destination.put(key, 'x');
});
afterEach(() => s3.close());

function run(more: object = {}) {
  return runLocally({ source: 'a-source', destination: 'a-destination', ...more }, { env: localEnvironment(s3, runs) });
}

it.each<[name: ErrorName, why: string, more: object, arrange: () => void]>(
  everyNth(3, [
    ['InvalidInputError', 'a field is misspelt', { sorce: 'x' }, () => {}],
    ['BucketNotFoundError', 'there is no such bucket', { source: 'not-there' }, () => {}],
    ['AccessDeniedError', 'a bucket may not be listed', {}, () => source.denied.add('s3:ListBucket')],
    ['SourceEmptyError', 'the source is empty', {}, () => ['a', 'b', 'c'].map((key) => source.remove(key))],
    ['DeleteGuardError', 'there are too many orphans', { maxDeletes: 1 }, () => {}],
    ['SyncIncompleteError', 'an object is archived', {}, () => source.put('a', 'x', { storageClass: 'GLACIER' })],
    ['DriftError', 'somebody goes on writing', { verify: true }, writeAfterSync],
  ]),
)('ends with %s, whose name crossed threads, if %s', async (name, _why, more, arrange) => {
  arrange();
  const summary = await run(more);
  expect(summary).toMatchObject({ status: 'failed', error: { name } });
  expect(summary.error?.message).toMatch(/\w/);
});

/** Puts an orphan once the sync has copied and deleted all. */
function writeAfterSync(): void {
  s3.onRequest = ({ operation }) => {
    const ownLock = 1;
    const synced = s3.requests.of('DeleteObjects') > 0 && destination.index.size === 3 + ownLock;
    if (operation === 'ListObjectsV2' && synced) destination.put('intruder', 'x');
    return undefined;
  };
}

it('ends with AlreadyRunningError while another run of this process writes to the same folder', async () => {
  // Given a run that is at its first copy
  const copying = Promise.withResolvers<void>();
  const released = Promise.withResolvers<void>();
  s3.onRequest = async ({ operation }) => {
    if (operation !== 'CopyObject') return undefined;
    copying.resolve();
    await released.promise;
    return undefined;
  };
  const first = run();
  await copying.promise;

  // When
  const second = await run();
  released.resolve();

  // Then
  expect(second).toMatchObject({ status: 'failed', phases: [], error: { name: 'AlreadyRunningError' } });
  expect(await first).toMatchObject({ status: 'succeeded', totals: { copied: 3 } });
});

it('tries again after a ListingError that crossed threads, and succeeds', async () => {
  let refused = 0;
  s3.onRequest = ({ operation, bucket, query }) => {
    const isPage = operation === 'ListObjectsV2' && bucket === 'a-source' && query.get('max-keys') !== '1';
    return isPage && refused++ < 2 ? { status: 425, code: 'TooEarly' } : undefined; // may pass
  };
  const summary = await run();
  expect(refused).toBeGreaterThan(2);
  expect(summary).toMatchObject({ status: 'succeeded', totals: { copied: 3, deleted: 2, failed: 0 } });
});
