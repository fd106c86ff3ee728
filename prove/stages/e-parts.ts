import { setTimeout } from 'node:timers/promises';
import type { ChecksumKind, ObjectAttributes } from '../../lambdas/engine/ports/bucket-reader';
import type { Stage } from '../assumption';
import type { Lab } from '../lab';
import { outcome } from '../outcome';
import { assemble, copyInSameParts, MIB, material, THREE_EQUAL, UNEQUAL } from './assemble';

const DOC = 'AWS: Multipart upload';

async function checksumsAgree(lab: Lab, name: string, checksum: ChecksumKind): Promise<string> {
  await assemble(lab, name, UNEQUAL, { checksum });
  const { from, to } = await copyInSameParts(lab, name, UNEQUAL, checksum);
  if (from.eTag !== to.eTag) return `ETag ${to.eTag} instead of ${from.eTag}`;
  if (checksum.type === 'COMPOSITE') return 'the same';
  const value = from.checksums[checksum.algorithm];
  return value !== undefined && value === to.checksums[checksum.algorithm]
    ? 'the same'
    : `${JSON.stringify(to.checksums)}`;
}

function sizes(bytes: readonly number[] | undefined): string {
  return bytes ? bytes.map((size) => `${size / MIB}`).join(' + ') : 'not told';
}

export const parts: Stage = {
  id: 'E',
  title: 'objects in parts',
  needs: ['B'],
  estimate: { requests: 120, usd: 0.001 },
  assumptions: [
    {
      id: 'E1',
      says: 'An object of three parts has an ETag that counts them',
      source: `${DOC}; bucketsync: part-layout.ts`,
      expected: '-3',
      essential: true,
      async observe(lab) {
        return (await assemble(lab, 'first', THREE_EQUAL)).slice(-2);
      },
    },
    {
      id: 'E2',
      says: 'A copy in the same equal parts has the same ETag',
      source: `${DOC}; bucketsync: decision 0006`,
      expected: 'the same',
      async observe(lab) {
        const { from, to } = await copyInSameParts(lab, 'first', THREE_EQUAL);
        return from.eTag === to.eTag ? 'the same' : `${to.eTag} instead of ${from.eTag}`;
      },
    },
    {
      id: 'E3',
      says: 'A copy in the same unequal parts has the same ETag, and a CRC64NVME of the whole that is equal',
      source: `${DOC}; AWS: Checking object integrity`,
      expected: 'the same',
      observe: (lab) => checksumsAgree(lab, 'crc64nvme', { algorithm: 'CRC64NVME', type: 'FULL_OBJECT' }),
    },
    {
      id: 'E4',
      says: 'An upload may have a CRC32 of each part',
      source: 'AWS: Checking object integrity, COMPOSITE',
      expected: 'the same',
      observe: (lab) => checksumsAgree(lab, 'crc32', { algorithm: 'CRC32', type: 'COMPOSITE' }),
    },
    {
      id: 'E5',
      says: 'An upload may have a SHA-256 of each part',
      source: 'AWS: Checking object integrity, COMPOSITE',
      expected: 'the same',
      observe: (lab) => checksumsAgree(lab, 'sha256', { algorithm: 'SHA256', type: 'COMPOSITE' }),
    },
    {
      id: 'E6',
      says: 'HeadObject of a part tells its size, and how many there are',
      source: 'AWS: HeadObject, partNumber',
      expected: '6 of 3',
      async observe(lab) {
        const { destination } = await lab.shared('unequal', async () => {
          await assemble(lab, 'unequal', UNEQUAL);
          return material(lab, 'unequal');
        });
        const { sizeBytes, partsCount } = await destination.headPart('unequal', 2);
        return `${sizeBytes / MIB} of ${partsCount}`;
      },
    },
    {
      id: 'E7',
      says: 'GetObjectAttributes tells the sizes of parts that have a checksum of their own',
      source: 'AWS: GetObjectAttributes, ObjectParts',
      expected: '5 + 6 + 1',
      async observe(lab) {
        const { destination } = await material(lab, 'sha256');
        const { eTag } = await destination.headObject('sha256');
        return sizes(await destination.listPartSizes({ key: 'sha256', eTag }));
      },
    },
    {
      id: 'E8',
      says: 'The time of an object in parts is that of the beginning of its upload',
      source: 'AWS: CompleteMultipartUpload; bucketsync: compare.ts',
      expected: 'that of the beginning',
      async observe(lab) {
        let completedAt = 0;
        const beforeCompletion = async () => {
          await setTimeout(1000 - (Date.now() % 1000) + 1000);
          completedAt = Date.now();
        };
        await assemble(lab, 'time', [[0, 5]], { beforeCompletion });
        const { destination } = await material(lab, 'time');
        const { lastModified } = await destination.headObject('time');
        // both clocks may be a second apart
        return lastModified < completedAt - 1000 ? 'that of the beginning' : 'that of the completion';
      },
    },
    {
      id: 'E9',
      says: 'An object in parts has the headers, metadata and tags that its upload began with',
      source: 'AWS: CreateMultipartUpload',
      expected: 'text/x-proof|max-age=7|attachment|gzip|de|not a date|/elsewhere|a=b|team=blue',
      async observe(lab) {
        const attributes: ObjectAttributes = {
          contentType: 'text/x-proof',
          cacheControl: 'max-age=7',
          contentDisposition: 'attachment',
          contentEncoding: 'gzip',
          contentLanguage: 'de',
          expires: 'not a date',
          websiteRedirect: '/elsewhere',
          metadata: { a: 'b' },
        };
        await assemble(lab, 'attributes', [[0, 5]], { attributes, tags: [{ name: 'team', value: 'blue' }] });
        const { destination } = await material(lab, 'attributes');
        const { metadata, ...found } = (await destination.headObject('attributes')).attributes;
        const { hiddenMetadata: _, ...shown } = found;
        const names = Object.keys(attributes).filter((name) => name !== 'metadata') as (keyof typeof shown)[];
        const tags = (await destination.readTags('attributes')).map(({ name, value }) => `${name}=${value}`);
        return [...names.map((name) => shown[name]), `a=${metadata.a}`, tags.join()].join('|');
      },
    },
    {
      id: 'E10',
      says: 'The answer to CompleteMultipartUpload is a document of that name',
      source: 'AWS: CompleteMultipartUpload; bucketsync: expect-root.ts',
      expected: 'CompleteMultipartUploadResult',
      async observe(lab) {
        await assemble(lab, 'answer', [[0, 5]]);
        const { body } = lab.lastAnswer ?? {};
        const [, root] = /^\s*(?:<\?xml[^>]*\?>)?\s*<(\w+)/.exec(String(body)) ?? [];
        return String(root);
      },
    },
    {
      id: 'E11',
      says: 'A part of less than 5 MiB that is not the last is refused',
      source: 'AWS: Multipart upload limits',
      expected: '400 EntityTooSmall',
      observe: (lab) =>
        outcome(
          assemble(lab, 'small', [
            [0, 1],
            [0, 5],
          ]),
        ),
    },
    {
      id: 'E12',
      says: 'An upload that was aborted has no parts',
      source: 'AWS: AbortMultipartUpload',
      expected: 'no such upload',
      async observe(lab) {
        const { destination } = await material(lab, 'first');
        const request = { key: 'aborted', attributes: { metadata: {} }, tags: [], storageClass: 'STANDARD' };
        const uploadId = await destination.uploads.create(request);
        await destination.uploads.abort('aborted', uploadId);
        return (await destination.uploads.listParts('aborted', uploadId)) === undefined ? 'no such upload' : 'parts';
      },
    },
    {
      id: 'E13',
      says: 'An object that was uploaded in one part is in parts',
      source: `${DOC}; bucketsync: part-layout.ts`,
      expected: '-1',
      async observe(lab) {
        return (await assemble(lab, 'one', [[0, 1]])).slice(-2);
      },
    },
    {
      id: 'E14',
      says: 'A copy in one request of an object in parts is in one piece',
      source: 'AWS: CopyObject; bucketsync: decision 0006',
      expected: 'without a count',
      async observe(lab) {
        const { source, destination } = await lab.pair(
          { role: 'source', prefix: 'parts/' },
          { role: 'destination', prefix: 'whole/' },
        );
        const { eTag } = await source.headObject('first');
        const copied = await destination.copyObject({
          key: 'first',
          sourceETag: eTag,
          storageClass: 'STANDARD',
          tags: 'copy',
        });
        return /-\d+$/.test(copied) ? copied : 'without a count';
      },
    },
  ],
};
