import fc from 'fast-check';
import { fewestLayout } from '../../../lambdas/engine/copy/part-layout';
import { bodyBytes } from '../../../local/s3';
import type { SyncRequest } from '../../../statemachine/contract';
import { openUploads } from '../../support/contents';
import { past, useMemoryMirror } from '../../support/memory-mirror';
import { MIB, putInParts } from '../../support/put-in-parts';

const mirror = useMemoryMirror();

/** S3's limits, smaller. */
const multipart = { maxCopyBytes: 150 * MIB, partBytes: 65 * MIB };
// Of more than 64 MiB, so that the embedded S3 need not digest each part.
const sizes = [65 * MIB, 65 * MIB, 65 * MIB, 65 * MIB, MIB];

const requests = () => mirror.s3.requests.byOperation();

describe('with `parts: "fewest"`', () => {
  it('copies an object of many parts by one request', async () => {
    const { source, destination, input } = mirror.createPair();
    putInParts(source, 'video', [5 * MIB, 5 * MIB, MIB], {
      lastModified: past,
      user: { team: 'blue' },
      tags: [['a', 'b']],
    });

    const summary = await mirror.run({ ...input, parts: 'fewest' });

    const [from, to] = [source.get('video'), destination.get('video')];
    expect(summary).toMatchObject({ status: 'succeeded', totals: { copied: 1, requests: { copy: 1, head: 0 } } });
    expect(requests().UploadPartCopy ?? 0).toBe(0);
    expect(to).toMatchObject({ metadata: from?.metadata, tags: from?.tags });
    expect(from && to && bodyBytes(to.body).equals(bodyBytes(from.body))).toBe(true);
    expect(to?.eTag).not.toBe(from?.eTag);
  });

  it.each<[string, SyncRequest['compare']]>([
    ['auto', 'auto'],
    ['size', 'size'],
    ['size-and-time', 'size-and-time'],
    ['metadata', 'metadata'],
    ['checksum', 'checksum'],
  ])(
    'nothing is copied again, although no ETag is equal, and verify finds nothing: compare %s',
    async (_name, compare) => {
      const { source, input } = mirror.createPair();
      putInParts(source, 'large', sizes, { lastModified: past });
      putInParts(source, 'smaller', [65 * MIB, MIB], { lastModified: past });
      const request = { ...input, parts: 'fewest', compare, verify: true } as const;

      const first = await mirror.run(request, { host: { multipart } });
      const second = await mirror.run(request, { host: { multipart } });

      expect(first).toMatchObject({ status: 'succeeded', totals: { copied: 2 } });
      expect(second).toMatchObject({ status: 'succeeded', totals: { copied: 0 } });
    },
  );

  it('a finished mirror costs no HEAD: the copy was the proof', async () => {
    const { source, input } = mirror.createPair();
    putInParts(source, 'large', sizes, { lastModified: past });
    await mirror.run({ ...input, parts: 'fewest' });

    const second = await mirror.run({ ...input, parts: 'fewest' });

    expect(second.totals).toMatchObject({ copied: 0, unchanged: 2, requests: { head: 0, copy: 0 } });
  });

  it('copies an object that is too large for CopyObject in as few parts as possible, and does not ask for its own parts', async () => {
    const { source, destination, input } = mirror.createPair();
    putInParts(source, 'large', sizes, { lastModified: past, user: { team: 'blue' } });

    const summary = await mirror.run({ ...input, parts: 'fewest' }, { host: { multipart } });

    const [from, to] = [source.get('large'), destination.get('large')];
    expect(summary).toMatchObject({ status: 'succeeded', totals: { copied: 1 } });
    expect(requests()).toMatchObject({ UploadPartCopy: 2, CreateMultipartUpload: 1 });
    // its headers before, and whether they are still those of the copied version
    expect(requests().HeadObject).toBe(2);
    expect(to?.body.length).toBe(from?.body.length);
    expect(to?.metadata).toEqual(from?.metadata);
    expect(openUploads(destination)).toEqual([]);
  });

  it('is rejected if ETags alone decide, as that would copy in every run', async () => {
    const { input } = mirror.createPair();

    const summary = await mirror.run({ ...input, parts: 'fewest', compare: 'etag' });

    expect(summary.error).toMatchObject({
      name: 'InvalidInputError',
      message: expect.stringContaining('compares more than ETags if `parts` is "fewest", got "etag"'),
    });
  });
});

it('keeps parts and ETag with `parts: "same"`, as without it', async () => {
  const { source, destination, input } = mirror.createPair();
  putInParts(source, 'large', sizes, { lastModified: past });

  await mirror.run({ ...input, parts: 'same' });

  expect(destination.get('large')?.eTag).toBe(source.get('large')?.eTag);
  expect(requests().UploadPartCopy).toBe(sizes.length);
});

it('cuts any size into the fewest parts that S3 takes, of about the same size', () => {
  const limits = { maxCopyBytes: 5 * 1024 * MIB, partBytes: 256 * MIB };
  fc.assert(
    fc.property(fc.integer({ min: limits.maxCopyBytes + 1, max: 50_000 * 1024 * MIB }), (sizeBytes) => {
      const { sizes: parts, assumed } = fewestLayout(sizeBytes, limits);

      expect(assumed).toBe(false);
      expect(parts.reduce((sum, size) => sum + size, 0)).toBe(sizeBytes);
      expect(parts).toHaveLength(Math.ceil(sizeBytes / limits.maxCopyBytes));
      expect(Math.max(...parts)).toBeLessThanOrEqual(limits.maxCopyBytes);
      expect(Math.min(...parts)).toBeGreaterThan(0);
    }),
  );
});
