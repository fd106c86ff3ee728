import { type Bucket, syntheticBody } from '../../../local/s3';
import type { ContinuationToken, RangeResult } from '../../../statemachine/contract';
import { openUploads } from '../../support/contents';
import { type MirrorOptions, past, useMemoryMirror } from '../../support/memory-mirror';
import { MIB, putInParts } from '../../support/put-in-parts';
import { reportLines } from '../../support/report-lines';

const mirror = useMemoryMirror();

/** More parts than a page of GetObjectAttributes holds, not all equal; above 64 MiB their digests cost nothing. */
const manySizes = Array.from({ length: 1050 }, (_, index) => (index === 700 ? 90 : 65) * MIB);
const sumOf = (sizes: readonly number[]) => sizes.reduce((sum, size) => sum + size, 0);

function putWithPartChecksums(bucket: Bucket, key: string, sizes: readonly number[]): void {
  putInParts(bucket, key, sizes, {
    lastModified: past,
    checksum: { algorithm: 'SHA256', type: 'COMPOSITE', value: `c29tZSBjaGVja3N1bQ==-${sizes.length}` },
    parts: sizes.map((sizeBytes, index) => ({ partNumber: index + 1, sizeBytes, checksum: 'c29tZSBjaGVja3N1bQ==' })),
  });
}

describe('the layout of an object of many parts', () => {
  it('is asked for at once if the parts have checksums', async () => {
    const { source, destination, input } = mirror.createPair();
    putWithPartChecksums(source, 'large', manySizes);

    expect(await mirror.run(input)).toMatchObject({ status: 'succeeded', totals: { copied: 1 } });

    expect(destination.get('large')?.eTag).toBe(source.get('large')?.eTag);
    expect(mirror.s3.requests.byOperation()).toMatchObject({ HeadObject: 3, GetObjectAttributes: 2 });
  });

  it.each<[why: string, deny: string[], put: (source: Bucket) => void]>([
    ['they have none', [], (source) => putInParts(source, 'large', manySizes, { lastModified: past })],
    ['that is denied', ['s3:GetObjectAttributes'], (source) => putWithPartChecksums(source, 'large', manySizes)],
  ])('is asked for part by part if %s', async (_why, deny, put) => {
    const { source, destination, input } = mirror.createPair({ source: { deny } });
    put(source);

    expect(await mirror.run(input)).toMatchObject({ status: 'succeeded', totals: { copied: 1 } });

    expect(destination.get('large')?.eTag).toBe(source.get('large')?.eTag);
    expect(mirror.s3.requests.byOperation()).toMatchObject({
      HeadObject: manySizes.length + 1,
      GetObjectAttributes: 1,
    });
  });

  it('is never asked for if an earlier round has copied the parts', async () => {
    const { source, destination, input } = mirror.createPair();
    putInParts(source, 'large', manySizes.slice(650, 770), { lastModified: past });
    const copied = new Set<string | null>();
    const askedAgain: (string | null)[] = [];
    mirror.s3.onRequest = ({ operation, query }) => {
      const part = query.get('partNumber');
      if (operation === 'UploadPartCopy') copied.add(part);
      if (operation === 'HeadObject' && part !== '1' && copied.has(part)) askedAgain.push(part);
      return undefined;
    };

    const summary = await mirror.run(input, shortRounds(40));

    expect(summary).toMatchObject({ status: 'succeeded', totals: { copied: 1 } });
    expect(mirror.s3.requests.of('ListParts')).toBeGreaterThan(1);
    expect(askedAgain).toEqual([]);
    expect(destination.get('large')?.eTag).toBe(source.get('large')?.eTag);
  });
});

/** A clock on which each reading takes a moment, so that a budget is a number of readings. */
function shortRounds(budget: number): MirrorOptions {
  let time = 0;
  return { host: { now: () => time++, roundBudgetsMs: [budget] } };
}

describe('completing an upload whose first answer was lost', () => {
  const sizes = [5 * MIB, MIB];

  it.each([false, true])('is a success if the object is there (conditional: %s)', async (conditional) => {
    const { source, destination, input } = mirror.createPair();
    putInParts(source, 'large', sizes, { lastModified: past, user: { a: '1' } });
    mirror.s3.onRequest = ({ operation }) => {
      if (operation === 'CompleteMultipartUpload' && !destination.get('large')) {
        destination.add(source.get('large') as never);
        if (!conditional) destination.uploads.clear();
      }
      return undefined;
    };

    expect(await mirror.run({ ...input, conditional })).toMatchObject({ status: 'succeeded', totals: { copied: 1 } });
    expect(openUploads(destination)).toEqual([]);
  });

  it.each<[what: string, interfere: (source: Bucket, destination: Bucket) => void]>([
    ['nothing is there', () => {}],
    ['another object is there', (_source, destination) => destination.put('large', "somebody's")],
    [
      'it is there with other headers',
      (source, destination) => {
        putInParts(destination, 'large', sizes, {
          eTag: source.get('large')?.eTag,
          system: { 'cache-control': 'no-store' },
        });
      },
    ],
  ])('is a failure if %s', async (_what, interfere) => {
    const { source, destination, input } = mirror.createPair();
    putInParts(source, 'large', sizes, { lastModified: past });
    mirror.s3.onRequest = ({ operation }) => {
      if (operation === 'CompleteMultipartUpload') {
        destination.uploads.clear();
        interfere(source, destination);
      }
      return undefined;
    };

    const summary = await mirror.run(input);

    expect(summary).toMatchObject({ status: 'failed', totals: { copied: 0, failed: 1 } });
    expect(reportLines(summary, 'failures')[0]).toMatchObject({ key: 'large', reason: 'upload-ended' });
  });
});

describe('an object that may not be copied in the time left', () => {
  it.each<[what: string, put: (source: Bucket) => void, copies: object]>([
    [
      'one CopyObject',
      (source) => source.put('large', syntheticBody(2048 * MIB), { lastModified: past }),
      { CopyObject: 2 },
    ],
    [
      'large parts',
      (source) => putInParts(source, 'large', [2048 * MIB, 2048 * MIB], { lastModified: past }),
      { CopyObject: 1, UploadPartCopy: 2, CreateMultipartUpload: 1 },
    ],
  ])('is handed on, and copied by a range of its own: %s', async (_what, put, copies) => {
    // Given a minute for requests, in which S3 may be too slow for 2 GiB
    const { source, destination, input } = mirror.createPair();
    put(source);
    source.put('small', 'x', { lastModified: past });
    const results: RangeResult[] = [];

    const summary = await mirror.run(input, {
      host: { remainingMs: () => 90_000 },
      around: async (task, _input, invoke) => {
        const result = await invoke();
        if (task === 'CopyRange') results.push(result as RangeResult);
        return result;
      },
    });

    expect(summary).toMatchObject({ status: 'succeeded', phases: [{ copy: { listed: 2, copied: 2 } }] });
    expect(results[0]).toMatchObject({ counters: { listed: 1, copied: 1 } });
    expect(results[0]?.tokens).toEqual([expect.objectContaining<ContinuationToken>({ until: 'large' })]);
    expect(mirror.s3.requests.byOperation()).toMatchObject(copies);
    expect(destination.get('large')?.eTag).toBe(source.get('large')?.eTag);
    expect(openUploads(destination)).toEqual([]);
  });
});

it('copies smaller objects in parts of another size if the host says so, and copies them once', async () => {
  const { source, destination, input } = mirror.createPair();
  const body = syntheticBody(20 * MIB);
  source.put('large', body, { lastModified: past });
  source.put('small', syntheticBody(16 * MIB), { lastModified: past });
  const host = { multipart: { maxCopyBytes: 16 * MIB, partBytes: 8 * MIB } };

  await mirror.run(input, { host });

  expect(mirror.s3.requests.byOperation()).toMatchObject({ CopyObject: 1, UploadPartCopy: 3 });
  expect(destination.get('large')?.parts?.map(({ sizeBytes }) => sizeBytes)).toEqual([8 * MIB, 8 * MIB, 4 * MIB]);
  expect(sumOf(destination.get('large')?.parts?.map(({ sizeBytes }) => sizeBytes) ?? [])).toBe(body.length);
  expect(await mirror.run(input, { host })).toMatchObject({ totals: { copied: 0 } });
});
