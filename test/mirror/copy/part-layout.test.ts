import type { Bucket, RequestInfo } from '../../../local/s3';
import type { RangeResult, UnfinishedUpload } from '../../../statemachine/contract';
import { Uploads } from '../../local/s3/uploads';
import { kms } from '../../support/arbitrary-changes';
import { openUploads } from '../../support/contents';
import { everyNth } from '../../support/length';
import { type MirrorOptions, past, useMemoryMirror } from '../../support/memory-mirror';
import { useMirror } from '../../support/mirror';
import { MIB, putInParts } from '../../support/put-in-parts';
import { reportLines } from '../../support/report-lines';
import { connect, describeObject } from '../../support/s3-client';

const mirror = useMemoryMirror();
/** For an object that a client uploads. */
const overHttp = useMirror();

const inMib = (...sizes: number[]) => sizes.map((size) => size * MIB);
const partsOf = (bucket: Bucket) => bucket.get('large')?.parts?.map(({ sizeBytes }) => sizeBytes);

/** The numbers of the parts that are copied, in order, and those that are asked for. */
function recordParts(before: (request: RequestInfo) => void = () => {}) {
  const seen = { copied: [] as number[], asked: [] as number[] };
  mirror.s3.onRequest = (request) => {
    before(request);
    const part = Number(request.query.get('partNumber'));
    if (request.operation === 'UploadPartCopy') seen.copied.push(part);
    if (request.operation === 'HeadObject' && part > 1) seen.asked.push(part);
    return undefined;
  };
  return seen;
}

const ascending = (numbers: readonly number[]) => [...numbers].sort((a, b) => a - b);
const numbered = (count: number, first = 1) => Array.from({ length: count }, (_, index) => first + index);

describe('an object whose parts are as large as the first one', () => {
  it('requires three HEADs, and one request for each part', async () => {
    const { source, destination, input } = mirror.createPair();
    putInParts(source, 'large', inMib(...Array<number>(31).fill(65), 3), { lastModified: past });

    expect(await mirror.run(input)).toMatchObject({ status: 'succeeded', totals: { copied: 1 } });

    expect(mirror.s3.requests.byOperation()).toMatchObject({ HeadObject: 3, UploadPartCopy: 32 });
    expect(destination.get('large')?.eTag).toBe(source.get('large')?.eTag);
  });
});

describe('an object of other parts', () => {
  it.each<[what: string, sizes: number[], copied: number[], asked: number[]]>([
    ['whose first part is the smallest', inMib(65, 66, 65, 3), [1, 2, 2, 3, 3, 4, 4], [2, 3]],
    ['whose first part is the largest', inMib(66, 65, 65, 65, 65), [1, 2, 2, 3, 3, 4, 4, 5, 5], [2, 3, 4]],
    ['whose middle parts differ', inMib(66, 67, 65, 66, 2), [1, 2, 2, 3, 3, 4, 5], [2, 3, 4]],
    ['of which one byte was cut elsewhere', [65 * MIB, 65 * MIB + 1, 65 * MIB - 1, MIB], [1, 2, 2, 3, 3, 4], [2, 3]],
    ['that equal parts cannot add up to', inMib(65, 65, 90, 65), [1, 2, 3, 4], [2, 3]],
  ])('keeps ETag and parts, copying again only what was cut otherwise: %s', async (_what, ...expected) => {
    const [sizes, copied, asked] = expected;
    const { source, destination, input } = mirror.createPair();
    putInParts(source, 'large', sizes, { lastModified: past });
    const seen = recordParts();

    expect(await mirror.run(input)).toMatchObject({ status: 'succeeded', totals: { copied: 1 } });

    expect(partsOf(destination)).toEqual(sizes);
    expect(destination.get('large')?.eTag).toBe(source.get('large')?.eTag);
    expect(ascending(seen.copied)).toEqual(copied);
    expect(ascending(seen.asked)).toEqual(asked);
    expect(openUploads(destination)).toEqual([]);
  });

  it('keeps the checksum of its parts', async () => {
    // Given
    const { source, destination, input } = overHttp.createPair();
    const client = connect(overHttp.s3.endpoint);
    const uploads = new Uploads(client, () => source.name);
    const checksum = { ChecksumAlgorithm: 'SHA256', ChecksumType: 'COMPOSITE' } as const;
    const upload = await uploads.create('large', checksum);
    const parts = await Promise.all(
      inMib(5, 6, 5, 1).map((size, index) => uploads.part(upload, index + 1, Buffer.alloc(size, `${index}`), checksum)),
    );
    await uploads.complete(upload, parts);

    // When
    expect(await overHttp.run(input)).toMatchObject({ status: 'succeeded', totals: { copied: 1 } });

    // Then
    const [there, here] = await Promise.all(
      [source, destination].map(({ name }) => describeObject(client, name, 'large')),
    );
    client.destroy();
    expect(here).toEqual(there);
    expect(here?.ChecksumSHA256).toMatch(/-4$/);
  });
});

describe('an object whose ETag proves nothing', () => {
  const regular = inMib(65, 65, 65, 3);
  const irregular = inMib(65, 66, 65, 3);

  it.each([
    ['equal', regular],
    ['different', irregular],
  ])(
    'because a key encrypts it is asked for its parts first, and each is copied once: %s parts',
    async (_what, sizes) => {
      const { source, destination, input } = mirror.createPair();
      putInParts(source, 'large', sizes, { lastModified: past, encryption: kms });
      const seen = recordParts();

      expect(await mirror.run(input)).toMatchObject({ status: 'succeeded', totals: { copied: 1 } });

      expect(partsOf(destination)).toEqual(sizes);
      expect(ascending(seen.asked)).toEqual([2, 3]);
      expect(ascending(seen.copied)).toEqual([1, 2, 3, 4]);
    },
  );

  it.each<[what: string, sizes: number[], copied: number[], more: object]>([
    ['the destination is encrypted by a key', regular, [1, 2, 3, 4], { encryption: kms }],
    ['the destination is encrypted by a key', irregular, [1, 2, 2, 3, 3, 4, 4], { encryption: kms }],
    ['another S3 made it', regular, [1, 2, 3, 4], {}],
    ['another S3 made it', irregular, [1, 2, 2, 3, 3, 4, 4], {}],
  ])('because %s is asked for its parts in the end: %j', async (_what, sizes, copied, { ...encrypted }) => {
    const { source, destination, input } = mirror.createPair({ destination: encrypted });
    putInParts(source, 'large', sizes, { lastModified: past, eTag: `${'0'.repeat(32)}-4` });
    const seen = recordParts();

    expect(await mirror.run(input)).toMatchObject({ status: 'succeeded', totals: { copied: 1 } });

    expect(partsOf(destination)).toEqual(sizes);
    expect(ascending(seen.copied)).toEqual(copied);
    expect(ascending(seen.asked)).toEqual([2, 3]);
  });
});

/** A clock on which each reading takes a moment, so that a budget is a number of readings. */
function shortRounds(budget: number, seen: UnfinishedUpload[]): MirrorOptions {
  let time = 0;
  return {
    host: { now: () => time++, roundBudgetsMs: [budget] },
    around: async (task, _input, invoke) => {
      const result = (await invoke()) as Partial<RangeResult>;
      if (task === 'CopyRange') seen.push(...(result.uploads ?? []));
      return result;
    },
  };
}

describe('over several rounds', () => {
  const sizes = inMib(65, 66, ...Array<number>(47).fill(65), 3); // all but the first one are cut otherwise than was likely

  const budgets = [1, 5, 12, 20, 40, 45, 50, 55, 60, 70];
  it.each(everyNth(3, budgets, 1))('parts prove wrong and are copied again: %d', async (budget) => {
    const { source, destination, input } = mirror.createPair();
    putInParts(source, 'large', sizes, { lastModified: past });
    const handedOn: UnfinishedUpload[] = [];
    const seen = recordParts();

    const summary = await mirror.run(input, shortRounds(budget, handedOn));

    expect(summary).toMatchObject({ status: 'succeeded', totals: { copied: 1, failed: 0 } });
    expect(mirror.s3.requests.byOperation()).toMatchObject({ CreateMultipartUpload: 1, CompleteMultipartUpload: 1 });
    expect(destination.get('large')?.eTag).toBe(source.get('large')?.eTag);
    expect(openUploads(destination)).toEqual([]);
    expect(seen.copied.length).toBeLessThanOrEqual(2 * sizes.length); // what was right in one round stays
    expect(handedOn.length).toBeGreaterThan(0);
  });

  it('the next round continues after the last right part', async () => {
    // Given a round that ends while it copies parts again, of which not all can be under way
    const many = inMib(65, 66, ...Array<number>(597).fill(65), 3);
    const { source, destination, input } = mirror.createPair();
    putInParts(source, 'large', many, { lastModified: past });
    const handedOn: UnfinishedUpload[] = [];
    const seen = recordParts();
    let stopped = false;
    const short = shortRounds(1000, handedOn);
    const now = () => {
      stopped ||= seen.copied.length > many.length + 20;
      return stopped && handedOn.length === 0 ? 10_000 : 0;
    };

    // When
    const summary = await mirror.run(input, { ...short, host: { ...short.host, now } });

    // Then
    expect(summary).toMatchObject({ status: 'succeeded', totals: { copied: 1 } });
    const [first, ...others] = handedOn;
    expect(others).toEqual([]);
    const right = first?.rightParts ?? 0;
    expect(right).toBeGreaterThan(1);
    expect(right).toBeLessThan(many.length);
    const last = seen.copied.slice(-(many.length - right));
    expect(ascending(last)).toEqual(numbered(many.length - right, right + 1));
    expect(destination.get('large')?.eTag).toBe(source.get('large')?.eTag);
  });

  it('parts that do not fit are aborted, and the object is copied again', async () => {
    // Given an upload whose parts were cut by another rule
    const { source, destination, input } = mirror.createPair();
    putInParts(source, 'large', inMib(...Array<number>(50).fill(65)), { lastModified: past });
    const handedOn: UnfinishedUpload[] = [];
    const short = shortRounds(12, handedOn);
    let changed = false;

    // When
    const summary = await mirror.run(input, {
      ...short,
      around: async (task, taskInput, invoke) => {
        const result = await short.around?.(task, taskInput, invoke);
        const [upload] = [...destination.uploads.values()];
        const part = upload?.parts.get(1);
        if (upload && part && !changed && handedOn.length > 0) {
          changed = true;
          upload.parts.set(1, { ...part, body: part.body.slice(0, 5 * MIB) });
        }
        return result;
      },
    });

    // Then
    expect(changed).toBe(true);
    expect(summary).toMatchObject({ status: 'succeeded', totals: { copied: 1 } });
    expect(mirror.s3.requests.of('CreateMultipartUpload')).toBe(2);
    expect(destination.get('large')?.eTag).toBe(source.get('large')?.eTag);
    expect(openUploads(destination)).toEqual([]);
  });
});

describe('while the layout is asked for in the end', () => {
  const irregular = inMib(65, 66, 1);
  const likely = inMib(65, 65, 2);

  it('another version in the likely layout is not taken for a proof', async () => {
    const { source, destination, input } = mirror.createPair();
    putInParts(source, 'large', irregular, { lastModified: past });
    let changed = false;
    recordParts(({ operation, query }) => {
      if (operation !== 'HeadObject' || query.get('partNumber') !== '2' || changed) return;
      changed = true;
      putInParts(source, 'large', likely, { user: { team: 'red' } });
    });

    expect(await mirror.run(input)).toMatchObject({ status: 'succeeded', totals: { copied: 1 } });

    expect(changed).toBe(true);
    expect(destination.get('large')?.eTag).toBe(source.get('large')?.eTag);
    expect(destination.get('large')?.metadata.user).toEqual({ team: 'red' });
    expect(openUploads(destination)).toEqual([]);
  });

  it('a refusal fails the object, and leaves no parts behind', async () => {
    const { source, destination, input } = mirror.createPair();
    putInParts(source, 'large', irregular, { lastModified: past });
    mirror.s3.onRequest = ({ operation, query }) =>
      operation === 'HeadObject' && query.get('partNumber') === '2' ? { status: 403, code: 'AccessDenied' } : undefined;

    const summary = await mirror.run(input);

    expect(reportLines(summary, 'failures')).toMatchObject([{ key: 'large', reason: 'access-denied' }]);
    expect(destination.get('large')).toBeUndefined();
    expect(openUploads(destination)).toEqual([]);
  });

  it('a stop leaves no parts behind', async () => {
    const { source, destination, input } = mirror.createPair();
    putInParts(source, 'large', irregular, { lastModified: past });
    const stop = new AbortController();
    const seen = recordParts(({ operation, query }) => {
      if (operation === 'UploadPartCopy' && query.get('partNumber') === '3') stop.abort();
    });

    const summary = await mirror.run(input, { host: { signal: stop.signal } });

    expect(summary).toMatchObject({ error: { name: 'InterruptedError' }, totals: { copied: 0 } });
    expect(seen.copied).toHaveLength(3);
    expect(openUploads(destination)).toEqual([]);
  });
});
