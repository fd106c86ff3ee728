import { S3RunStore } from '../../../lambdas/host/run-store/s3-run-store';
import { shareCredentials } from '../../../lambdas/s3/credentials/credentials';
import { CredentialBroker } from '../../../local/credential-broker';
import type { Bucket, RequestInfo } from '../../../local/s3';
import { type MirrorOptions, past, useMirror } from '../../support/mirror';
import { reportLines } from '../../support/report-lines';

const OBJECTS = 300;
const mirror = useMirror();
/** What anybody who asks for credentials gets, and the only key that S3 takes. */
let [given, accepted] = ['key-0', 'key-0'];
let keys = 0;
let broker: CredentialBroker;
// Before the first client is made: it keeps them.
shareCredentials((options) => broker.get(options));

let source: Bucket;
let destination: Bucket;
let input: { source: string; destination: string };
let refused: number;

beforeEach(() => {
  renew();
  broker = createBroker();
  mirror.s3.credentials = 'any';
  mirror.overlooksLock = false;
  refused = 0;
  ({ source, destination, input } = mirror.createPair());
  for (let index = 0; index < OBJECTS; index++) source.put(`k${index}`, 'x', { lastModified: past });
});

function createBroker(): CredentialBroker {
  return new CredentialBroker(async () => ({ accessKeyId: given, secretAccessKey: 'x', sessionToken: given }));
}

function renew(): void {
  given = accepted;
}

/** From the request `begin` on, S3 takes no key that was given before. */
function expireAt(begin: (request: RequestInfo) => boolean, status = 400, code = 'ExpiredToken'): void {
  mirror.s3.onRequest = (request) => {
    if (begin(request)) accepted = `key-${++keys}`;
    if (request.headers.authorization?.includes(`Credential=${accepted}/`)) return undefined;
    refused += 1;
    return { status, code, message: 'The provided token has expired.' };
  };
}

/** The request of a kind that comes after this many. */
function after(operation: string, count: number, then: () => void = () => {}) {
  let seen = 0;
  return (request: RequestInfo) => {
    if (request.operation !== operation || seen++ !== count) return false;
    queueMicrotask(then);
    return true;
  };
}

function run(more: object = {}, options: MirrorOptions = {}) {
  return mirror.run({ ...input, ...more }, options);
}

describe('credentials that expire during a run', () => {
  it.each([
    ['its copies', 'ExpiredToken', 400, 'CopyObject'],
    ['its copies, whose key is gone', 'InvalidAccessKeyId', 403, 'CopyObject'],
    ['its first list pages', 'TokenRefreshRequired', 400, 'ListObjectsV2'],
    ['the look at its lock', 'InvalidToken', 400, 'GetObject'],
  ])('are read again in the middle of %s, and nothing is lost: %s', async (_what, code, status, operation) => {
    expireAt(after(operation, operation === 'CopyObject' ? 50 : 1, renew), status, code);

    const summary = await run();

    expect(summary).toMatchObject({ status: 'succeeded', totals: { copied: OBJECTS, failed: 0 } });
    expect(refused).toBeGreaterThan(0);
  });

  it.each([
    [400, 'ExpiredToken'],
    [403, 'InvalidAccessKeyId'],
    [403, 'InvalidTokenId'],
  ])('are read again even if S3 cannot give a reason, as in the answer to a HEAD: %s', async (status, code) => {
    for (let index = 0; index < OBJECTS; index++) destination.put(`k${index}`, 'x', { lastModified: new Date() });
    expireAt(after('HeadObject', 100, renew), status, code);

    const summary = await run({ compare: 'metadata' });

    expect(summary).toMatchObject({ status: 'succeeded', totals: { unchanged: 2 * OBJECTS, copied: 0, failed: 0 } });
    expect(refused).toBeGreaterThan(0);
  });

  it('are read again before what is deleted, which is proved once more', async () => {
    for (let index = 0; index < 20; index++) destination.put(`orphan${index}`, 'x', { lastModified: past });
    expireAt(
      after('DeleteObjects', 0, () => {
        renew();
        source.put('orphan7', 'x', { lastModified: past });
      }),
    );

    const summary = await run();

    expect(summary).toMatchObject({ status: 'succeeded', totals: { deleted: 19, failed: 0 } });
    expect(destination.get('orphan7')).toBeDefined();
  });

  it('end the run at once with one error if there are no others, and it can be continued', async () => {
    expireAt(after('CopyObject', 50));

    const first = await run();

    const { name, message, keys } = first.error ?? {};
    expect({ name, keys }).toEqual({ name: 'CredentialsExpiredError', keys: [] });
    expect(message).toContain('ExpiredToken: The provided token has expired.');
    expect(first.totals).toMatchObject({ copied: 50, failed: 0, listed: 50 });
    expect(refused).toBeLessThan(OBJECTS / 2);

    // another process, and the first one has ended
    renew();
    broker = createBroker();
    const second = await run({}, { host: { isRunning: async () => false } });
    expect(second).toMatchObject({ status: 'succeeded', totals: { copied: OBJECTS - 50 } });
  });

  it.each([
    [400, 'TokenExpired'],
    [403, 'InvalidTokenId'],
    [403, 'UserSuspended'],
    [403, 'InvalidClientTokenId'],
  ])('end the run at once, by whatever code a server says so: %d %s', async (status, code) => {
    expireAt(after('CopyObject', 50), status, code);

    const { error, totals } = await run();

    expect(error).toMatchObject({ name: 'CredentialsExpiredError', message: expect.stringContaining(code) });
    expect(totals.failed).toBe(0);
    expect(refused).toBeLessThan(OBJECTS / 2);
  });

  it('also end the run at once before deletes, and nothing counts as deleted', async () => {
    for (let index = 0; index < 20; index++) destination.put(`orphan${index}`, 'x', { lastModified: past });
    expireAt(after('DeleteObjects', 0));

    const summary = await run();

    expect(summary).toMatchObject({ error: { name: 'CredentialsExpiredError' }, totals: { deleted: 0, failed: 0 } });
  });

  it('end the run in the middle of single deletes, and finished deletes count and are in the report', async () => {
    const orphans = Array.from({ length: 40 }, (_, index) => `orphan${index}`);
    for (const key of orphans) destination.put(key, 'x', { lastModified: past });
    let deletes = 0;
    expireAt(({ operation, key = '' }) => operation === 'DeleteObject' && orphans.includes(key) && deletes++ === 5);
    const expire = mirror.s3.onRequest;
    mirror.s3.onRequest = (request) =>
      request.operation === 'DeleteObjects' ? { status: 501, code: 'NotImplemented' } : expire?.(request);

    mirror.s3.authorize = undefined; // the roles are those of AWS, where lists are proof enough
    const summary = await run({}, { host: { trustsListings: false } });
    mirror.s3.authorize = (request) => mirror.iam.authorize(request);

    const deleted = orphans.filter((key) => !destination.get(key));
    expect(deleted.length).toBeGreaterThanOrEqual(5);
    expect(deleted.length).toBeLessThan(40);
    expect(summary).toMatchObject({
      error: { name: 'CredentialsExpiredError' },
      totals: { deleted: deleted.length, failed: 0 },
    });
    const reported = reportLines(summary, 'actions').filter(
      ({ action, outcome }) => `${action} ${outcome}` === 'delete done',
    );
    expect(reported.map(({ key }) => key).sort()).toEqual(deleted.sort());
  });

  it('end the run with a summary even if the report cannot be written any more', async () => {
    expireAt(after('CopyObject', 50));

    mirror.s3.authorize = undefined; // the roles know no such report bucket
    mirror.s3.createBucket('reports');
    const summary = await run({}, { host: { runStore: new S3RunStore('reports') } });
    mirror.s3.authorize = (request) => mirror.iam.authorize(request);

    expect(summary).toMatchObject({ status: 'failed', error: { name: 'CredentialsExpiredError' } });
    expect(summary).not.toHaveProperty('report');
  });
});

describe('a refused HEAD', () => {
  it('that has nothing to do with credentials causes one check, and not one for each object', async () => {
    for (let index = 0; index < OBJECTS; index++) destination.put(`k${index}`, 'x', { lastModified: new Date() });
    await run({ compare: 'size' });
    const plain = mirror.s3.requests.of('ListObjectsV2');
    mirror.s3.requests.reset();
    const isHead = ({ operation, bucket, key = '' }: RequestInfo) =>
      operation === 'HeadObject' && bucket === source.name && key.startsWith('k');
    mirror.s3.onRequest = (request) => (isHead(request) ? { status: 403, code: 'AccessDenied' } : undefined);

    const summary = await run({ compare: 'metadata' });

    expect(summary).toMatchObject({ error: { name: 'SyncIncompleteError' }, totals: { failed: OBJECTS } });
    expect(mirror.s3.requests.of('ListObjectsV2') - plain).toBeLessThan(5);
  });
});
