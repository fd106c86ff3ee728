import type { RequestHook, RequestInfo, S3Server } from '../../../local/s3';
import { contentsOf } from '../../support/contents';
import { everyNth } from '../../support/length';
import { past, useMirror } from '../../support/mirror';
import { MIB, putInParts } from '../../support/put-in-parts';
import { reportLines } from '../../support/report-lines';

const mirror = useMirror();
const elsewhere = { host: { trustsListings: false } };

const isCopy = ({ operation }: RequestInfo) => operation === 'CopyObject' || operation === 'UploadPartCopy';
const isTrial = ({ operation, key = '' }: RequestInfo) =>
  operation === 'PutObject' && key.startsWith('.bucketsync/probe-');
const refusing =
  (status: number, code: string, matches: (request: RequestInfo) => boolean = isCopy) =>
  (): RequestHook =>
  (request) =>
    matches(request) ? { status, code } : undefined;

/** Does not know the header that names a source. */
const takingCopiesForUploads =
  (s3: S3Server): RequestHook =>
  (request) => {
    if (!isCopy(request)) return undefined;
    const { operation, bucket, key = '' } = request;
    return {
      alter(answer) {
        if (operation === 'CopyObject') s3.bucket(bucket).put(key, '');
        return { ...answer, status: 200, body: '' };
      },
    };
  };

const SERVERS: readonly [what: string, behave: (s3: S3Server) => RequestHook][] = [
  ['refuses all copies by 501', refusing(501, 'NotImplemented')],
  ['refuses all copies by 405', refusing(405, 'MethodNotAllowed')],
  ['refuses all copies by 400', refusing(400, 'InvalidArgument')],
  ['takes a copy for an upload of nothing', takingCopiesForUploads],
];

function createPair() {
  const pair = mirror.createPair();
  const { source, destination } = pair;
  source.put('empty', '', { lastModified: past });
  source.put('small', 'content', { lastModified: past, system: { 'content-type': 'text/html' }, user: { a: 'é' } });
  source.put('tagged', 'content', { lastModified: past, tags: [['team', 'blue']], storageClass: 'STANDARD_IA' });
  putInParts(source, 'large', [5 * MIB, 6 * MIB, 1], { lastModified: past, tags: [['team', 'blue']] });
  putInParts(source, 'large too', [5 * MIB, 1], { lastModified: past });
  destination.put('small', 'older', { lastModified: past });
  destination.put('orphan', 'x', { lastModified: past });
  mirror.s3.authorize = undefined; // roles are for AWS
  mirror.overlooksLock = false;
  return pair;
}

/** All that a server's own copy keeps. */
function expectEqual({ source, destination }: ReturnType<typeof createPair>, but: readonly string[] = []): void {
  expect(contentsOf(destination)).toEqual(contentsOf(source));
  for (const key of contentsOf(source).keys()) {
    const [from, to] = [source, destination].map((bucket) => {
      const { metadata, tags, storageClass, eTag, parts } = bucket.get(key) ?? {};
      return { key, metadata, tags, storageClass, ...(!but.includes(key) && { eTag, parts: parts?.length }) };
    });
    expect(to).toEqual(from);
  }
}

describe('a server without copies', () => {
  afterEach(() => jest.restoreAllMocks());

  it.each(everyNth(2, SERVERS, 1))(
    'gets every object with its own parts, and this is said once: it %s',
    async (_what, behave) => {
      jest.spyOn(Math, 'random').mockReturnValue(0); // no wait between two attempts
      const pair = createPair();
      const hook = behave(mirror.s3);
      let copies = 0;
      mirror.s3.onRequest = (request) => {
        if (isCopy(request)) copies += 1;
        return hook(request);
      };

      const first = await mirror.run(pair.input, elsewhere);
      const tried = copies;
      const second = await mirror.run({ ...pair.input, compare: 'checksum' }, elsewhere);

      expect(reportLines(first, 'failures')).toEqual([]);
      expect(first).toMatchObject({ status: 'succeeded', totals: { copied: 5, deleted: 1, failed: 0 } });
      expect(first.lacks?.map(({ name }) => name)).toEqual(['copies']);
      expectEqual(pair);
      // the attempts of a single request, whose answer looks like a broken one
      expect(tried).toBeLessThanOrEqual(behave === takingCopiesForUploads ? 24 : 1);
      expect(second).toMatchObject({ status: 'succeeded', totals: { copied: 0, deleted: 0, failed: 0 } });
    },
  );

  it('gets every object also if nobody may try copies beside the lock', async () => {
    const pair = createPair();
    mirror.s3.onRequest = refusing(501, 'NotImplemented', (request) => isTrial(request) || isCopy(request))();

    const summary = await mirror.run(pair.input, elsewhere);

    expect(reportLines(summary, 'failures')).toEqual([]);
    expect(summary).toMatchObject({ status: 'succeeded', totals: { copied: 5, deleted: 1, failed: 0 } });
    expect(summary.lacks?.map(({ name }) => name)).toContain('copies');
    expectEqual(pair, ['large', 'large too']);
  });

  it('is read no object of in vain, if it does not support an option of the run in any request', async () => {
    const pair = createPair();
    let reads = 0;
    mirror.s3.onRequest = ({ operation, headers, key = '' }) => {
      if (operation === 'GetObject') reads += 1;
      const isWrite = /^(CopyObject|PutObject)$/.test(operation) && !key.startsWith('.bucketsync/');
      return isWrite && headers['x-amz-server-side-encryption'] ? { status: 501, code: 'NotImplemented' } : undefined;
    };
    for (let index = 0; index < 400; index++) pair.source.put(`more/${index}`, 'x', { lastModified: past });

    const summary = await mirror.run({ ...pair.input, sse: 'AES256', compare: 'always' }, elsewhere);

    expect(reportLines(summary, 'failures')).toContainEqual(
      expect.objectContaining({ key: 'more/0', error: expect.stringContaining('may not support `sse`') }),
    );
    expect(summary).toMatchObject({ status: 'failed', totals: { failed: 403 } });
    // those that were copied at the same time as the first one
    expect(reads).toBeLessThan(100);
  });
});
