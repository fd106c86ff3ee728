import type { Host } from '../../../lambdas/engine/ports/host';
import { type Bucket, type ErrorFault, type RequestHook, syntheticBody } from '../../../local/s3';
import type { SyncRequest } from '../../../statemachine/contract';
import { contentsOf } from '../../support/contents';
import { past, useMirror } from '../../support/mirror';
import { MIB, putInParts } from '../../support/put-in-parts';
import { wrongChecksums } from '../../support/quirk-behaviours';
import { reportLines } from '../../support/report-lines';

const mirror = useMirror();
const notImplemented: ErrorFault = { status: 501, code: 'NotImplemented' };
const GIB = 1024 * MIB;

beforeEach(() => {
  mirror.s3.authorize = undefined; // roles are for AWS
});

const run = (input: SyncRequest) => mirror.run(input, { host: { trustsListings: false } });
const hook = (onRequest: RequestHook) => {
  mirror.s3.onRequest = onRequest;
};
const failuresOf = async (input: SyncRequest) => reportLines(await run(input), 'failures');

describe('a server that makes wrong checksums of every copy', () => {
  it('reports an object as failed in every run if every way to copy it gives a wrong checksum', async () => {
    const { source, destination, input } = mirror.createPair();
    putInParts(source, 'k', [65 * MIB, 65 * MIB, 1], { lastModified: past });
    hook(({ operation }) => {
      if (operation !== 'CompleteMultipartUpload' && operation !== 'CopyObject') return undefined;
      return {
        alter(answer) {
          const made = destination.get('k');
          if (made) Object.assign(made, { checksum: { ...made.checksum, value: 'AAAAAAAAAAA=' } });
          return answer;
        },
      };
    });

    for (let time = 1; time <= 2; time++) {
      expect(await failuresOf(input)).toMatchObject([
        { key: 'k', reason: 'wrong-checksum', error: expect.stringContaining('AAAAAAAAAAA=') },
      ]);
    }
  });
});

describe.each([
  ['that begin with one', false, [65 * MIB, 65 * MIB, 1]],
  // large enough to be left for the next round when time is short
  ['in parts', true, [256 * MIB, 256 * MIB, 1]],
])('a server that makes wrong checksums of uploads %s', (_which, always, sizes) => {
  it.each<[over: string, host: () => { readonly host: Partial<Host>; readonly onMade: () => void }]>([
    [
      'the time of the round',
      () => {
        let passedMs = 0;
        const host = { now: () => Date.now() + passedMs, roundBudgetsMs: [60_000] };
        return { host, onMade: () => (passedMs = 61_000) };
      },
    ],
    [
      'the run',
      () => {
        const stopped = new AbortController();
        return { host: { signal: stopped.signal }, onMade: () => stopped.abort() };
      },
    ],
  ])('keeps no such copy, even if %s is over when it shows', async (_over, begin) => {
    const { source, destination, input } = mirror.createPair();
    putInParts(source, 'k', sizes, { lastModified: past });
    const { host, onMade } = begin();
    const behave = wrongChecksums(always)(mirror.s3);
    hook((request) => {
      if (request.operation === 'CompleteMultipartUpload') onMade();
      return behave(request);
    });

    const { totals } = await mirror.run(input, { host: { ...host, trustsListings: false } });

    expect(totals).toMatchObject({ copied: 1, unchanged: 0, failed: 0 });
    expect(destination.get('k')?.checksum).toEqual(source.get('k')?.checksum);
  });
});

describe('a server that does not complete what is uploaded with a checksum', () => {
  it('gets every object in its own parts, even if an upload is rejected after that is known', async () => {
    const { source, destination, input } = mirror.createPair();
    for (const key of ['a', 'b']) putInParts(source, key, [65 * MIB, 1], { lastModified: past });
    const known = Promise.withResolvers<void>();
    const begunWith = new Set<string>();
    hook(async ({ operation, key = '', headers }) => {
      if (operation === 'CreateMultipartUpload') {
        if (headers['x-amz-checksum-algorithm'] !== undefined) begunWith.add(key);
        else begunWith.delete(key);
      }
      if (operation !== 'CompleteMultipartUpload') return undefined;
      if (!begunWith.has(key)) known.resolve();
      else if (key === 'b') await known.promise;
      return begunWith.has(key) ? { status: 400, code: 'InvalidArgument' } : undefined;
    });

    expect(await run(input)).toMatchObject({ status: 'succeeded', totals: { copied: 2, failed: 0 } });
    for (const key of ['a', 'b']) expect(destination.get(key)?.eTag).toBe(source.get(key)?.eTag);
  });
});

describe('list pages whose encoding is unknown', () => {
  it('rejects a server that encodes keys and does not say so, before anything is written', async () => {
    const { source, destination, input } = mirror.createPair();
    source.put('a b', 'content', { lastModified: past });
    destination.put('orphan', 'content', { lastModified: past });
    hook(({ operation }) =>
      operation === 'ListObjectsV2'
        ? { rewrite: (page) => page.replace('<EncodingType>url</EncodingType>', '') }
        : undefined,
    );

    const summary = await run(input);

    expect(summary.error).toMatchObject({
      name: 'ListingError',
      message: expect.stringContaining('cannot tell whether the keys are URL-encoded'),
    });
    expect([summary.wrote, destination.get('orphan')?.body.length]).toEqual([false, 7]);
  });
});

describe('a server that copies under no condition', () => {
  const withoutConditions = (change: (operation: string) => void): RequestHook => {
    return ({ operation, headers }) => {
      if (operation !== 'CopyObject' && operation !== 'UploadPartCopy') return undefined;
      if (headers['x-amz-copy-source-if-match'] !== undefined) return notImplemented;
      return {
        alter(answer) {
          change(operation);
          return answer;
        },
      };
    };
  };

  it.each<[what: string, put: (bucket: Bucket, size: number) => void]>([
    [
      'small',
      (bucket, size) => bucket.put('k', 'x'.repeat(size), { lastModified: new Date(past.getTime() + size * 1000) }),
    ],
    [
      'in parts',
      (bucket, size) =>
        putInParts(bucket, 'k', [65 * MIB, 65 * MIB, size], { lastModified: new Date(past.getTime() + size * 1000) }),
    ],
  ])('copies one whole version of an object that changes meanwhile: %s', async (_what, put) => {
    const { source, destination, input } = mirror.createPair();
    put(source, 1);
    let changes = 0;
    hook(
      withoutConditions(() => {
        if (changes++ === 0) put(source, 2);
      }),
    );

    expect(await run(input)).toMatchObject({ status: 'succeeded', totals: { copied: 1, failed: 0 } });
    expect(destination.get('k')?.eTag).toBe(source.get('k')?.eTag);
    expect(destination.get('k')?.body.md5()).toBe(source.get('k')?.body.md5());
  });
});

describe('what no server can copy in another way', () => {
  it.each<[what: string, refuses: string, input: Partial<SyncRequest>, option: string, tags?: [string, string][]]>([
    ['is too large for CopyObject, without UploadPartCopy', 'UploadPartCopy', {}, 'UploadPartCopy'],
    ['has tags that the server does not show', 'GetObjectTagging', {}, '`tags`', [['team', 'blue']]],
  ])('fails with what to do about it if it %s', async (_what, refuses, more, option, tags = []) => {
    const { source, input } = mirror.createPair();
    source.put('k', syntheticBody(6 * GIB), { lastModified: past, tags, eTag: `${'a'.repeat(32)}-2` });
    hook(({ operation }) => (operation === refuses ? notImplemented : undefined));

    expect(await failuresOf({ ...input, ...more })).toMatchObject([
      { key: 'k', error: expect.stringContaining(option) },
    ]);
  });

  it('names the options whose headers the server may not know', async () => {
    const { source, input } = mirror.createPair();
    source.put('k', 'content', { lastModified: past });
    hook(({ operation, headers }) =>
      /^(CopyObject|PutObject)$/.test(operation) && headers['x-amz-server-side-encryption']
        ? notImplemented
        : undefined,
    );

    expect(await failuresOf({ ...input, sse: 'AES256' })).toMatchObject([{ error: expect.stringContaining('`sse`') }]);
  });
});

describe('deletes that a server refuses', () => {
  it('are tried one by one only once if nobody may delete', async () => {
    const { destination, source, input } = mirror.createPair();
    source.put('k', 'content', { lastModified: past });
    for (let index = 0; index < 50; index++) destination.put(`orphan-${index}`, 'content', { lastModified: past });
    let singles = 0;
    hook(({ operation, key }) => {
      if (operation === 'DeleteObject' && key?.startsWith('orphan')) singles += 1;
      return operation === 'DeleteObjects' || (operation === 'DeleteObject' && key?.startsWith('orphan'))
        ? { status: 403, code: 'AccessDenied' }
        : undefined;
    });

    expect(await run(input)).toMatchObject({ totals: { deleted: 0, failed: 50 } });
    expect(singles).toBeLessThanOrEqual(2); // with and without the ETag
  });

  it('leave what is put back on both sides before they are sent one by one', async () => {
    const { destination, source, input } = mirror.createPair();
    source.put('k', 'content', { lastModified: past });
    for (const key of ['orphan-1', 'orphan-2']) destination.put(key, 'content', { lastModified: past });
    hook(({ operation }) => {
      if (operation !== 'DeleteObjects') return undefined;
      source.put('orphan-2', 'content', { lastModified: new Date() });
      return notImplemented;
    });

    await run(input);

    expect([destination.get('orphan-1'), destination.get('orphan-2')?.body.length]).toEqual([undefined, 7]);
  });
});

describe('an object that is gone', () => {
  it.each(['NoSuchObject', 'ObjectNotFound', 'ResourceNotFound'])(
    'is skipped, even if the server calls it %s',
    async (code) => {
      const { source, input } = mirror.createPair();
      source.put('k', 'content', { lastModified: past });
      source.put('l', 'content', { lastModified: past });
      hook(({ operation, key }) => {
        if (operation !== 'CopyObject' || key !== 'k') return undefined;
        source.remove('k');
        return { status: 404, code };
      });

      expect(await run(input)).toMatchObject({ status: 'succeeded', totals: { copied: 1, skipped: 1, failed: 0 } });
    },
  );

  it('is skipped at the price of one HEAD and one small list page', async () => {
    const { source, input } = mirror.createPair();
    for (const key of ['k', 'k/l', 'l']) source.put(key, 'content', { lastModified: past });
    const asked: string[] = [];
    hook(({ operation, key, query }) => {
      if (operation === 'CopyObject' && key === 'k') source.remove('k');
      else if (source.get('k') === undefined && operation === 'HeadObject') asked.push(`HEAD ${key}`);
      else if (source.get('k') === undefined && query.get('max-keys') === '1') asked.push('LIST of 1');
      return undefined;
    });

    expect(await run(input)).toMatchObject({ status: 'succeeded', totals: { skipped: 1 } });
    expect(asked).toEqual(['HEAD k', 'LIST of 1']);
  });

  it.each<[what: string, down: (request: { operation: string }) => boolean]>([
    ['a proxy answers 404 to everything', () => true],
    ['only the listing still works', ({ operation }) => operation !== 'ListObjectsV2'],
  ])('is not believed to be gone, but fails if %s', async (_what, isDown) => {
    const { source, input } = mirror.createPair();
    for (const key of ['k', 'l', 'm']) source.put(key, 'content', { lastModified: past });
    let isAway = false;
    hook((request) => {
      isAway ||= request.operation === 'CopyObject';
      return isAway && isDown(request) ? { status: 404, code: 'NotFound' } : undefined;
    });

    const summary = await run(input);

    expect(summary).toMatchObject({ status: 'failed', totals: { copied: 0, skipped: 0, failed: 3 } });
    expect(reportLines(summary, 'failures').map(({ key }) => key)).toEqual(['k', 'l', 'm']);
  });
});

describe('what a server keeps of headers', () => {
  const probed = (run: { readonly asked: string[] }) => run.asked.filter((name) => name === 'PutObject').length;

  /** What a run asks about objects of its own. */
  async function probesOf(input: SyncRequest, more = {}) {
    const asked: string[] = [];
    mirror.overlooksLock = false;
    mirror.overlooksProbes = false;
    hook(({ operation, key = '' }) => {
      if (/^\.bucketsync\/probe-[\w-]{36}(-\d)?$/.test(key)) asked.push(operation);
      return undefined;
    });
    return {
      summary: await mirror.run({ ...input, lock: 'destination', ...more }, { host: { trustsListings: false } }),
      asked,
    };
  }

  it('is tried once before the first copy, and not by a run that copies nothing', async () => {
    const { source, destination, input } = mirror.createPair();
    for (let index = 0; index < 50; index++) source.put(`k${index}`, 'content', { lastModified: past });
    destination.put('orphan', 'content', { lastModified: past });

    const planned = await probesOf(input, { dryRun: true });
    const first = await probesOf(input);
    const second = await probesOf(input);

    // the probe that finds out whether deletes are conditional writes another one
    const ofLock = probed(second);
    expect([first.summary.totals.copied, second.summary.totals.copied]).toEqual([50, 0]);
    expect(planned.asked).toEqual([]);
    // one for headers, and one for tags
    expect(first.asked.filter((name) => name === 'CopyObject')).toHaveLength(2);
    expect(second.asked.filter((name) => name === 'CopyObject')).toEqual([]);
    expect(probed(first)).toBe(ofLock + 1);
    expect([...contentsOf(destination).keys()].filter((key) => key.includes('probe-'))).toEqual([]);
  });
});
