import { CopyObjectCommand } from '@aws-sdk/client-s3';
import type { ChecksumKind, ObjectAttributes, Tag } from '../../lambdas/engine/ports/bucket-reader';
import type { UploadedPart } from '../../lambdas/engine/ports/object-uploads';
import type { Lab, Pair } from '../lab';

export const MIB = 1024 ** 2;
/** The object that all parts are copied from. */
const MATERIAL_MIB = 6;

/** From, and how many, in MiB. */
export type Piece = readonly [from: number, length: number];
export const THREE_EQUAL: readonly Piece[] = [
  [0, 5],
  [1, 5],
  [0, 5],
];
export const UNEQUAL: readonly Piece[] = [
  [0, 5],
  [0, 6],
  [2, 1],
];

interface Upload {
  readonly attributes?: ObjectAttributes;
  readonly tags?: readonly Tag[];
  readonly checksum?: ChecksumKind;
  readonly beforeCompletion?: () => Promise<unknown>;
}

/** Each MiB has its own letter, so parts in the wrong order give another ETag. */
export function material(lab: Lab, name: string): Promise<Pair> {
  return lab.shared(`material ${name}`, async () => {
    const letters = Array.from({ length: MATERIAL_MIB }, (_, index) => Buffer.alloc(MIB, 97 + index));
    const { eTag } = await lab.shared('material', async () => {
      await lab.put('source', 'material/first', Buffer.concat(letters));
      return (await lab.pair({ role: 'source', prefix: 'material/' })).source.headObject('first');
    });
    if (name !== 'first') {
      const bucket = await lab.bucket('source');
      const CopySource = `${bucket}/material/first`;
      await lab.send(
        new CopyObjectCommand({ Bucket: bucket, Key: `material/${name}`, CopySource, CopySourceIfMatch: eTag }),
      );
    }
    return lab.pair({ role: 'source', prefix: 'material/' }, { role: 'source', prefix: 'parts/' });
  });
}

/** Creates `parts/<name>` from pieces of the material, without uploading a byte. @returns its ETag */
export async function assemble(lab: Lab, name: string, pieces: readonly Piece[], upload: Upload = {}): Promise<string> {
  const { source, destination } = await material(lab, name);
  const { uploads } = destination;
  const { eTag } = await source.headObject(name);
  const { attributes = { metadata: {} }, tags = [], checksum, beforeCompletion } = upload;
  const uploadId = await uploads.create({ key: name, attributes, tags, storageClass: 'STANDARD', checksum });
  const parts: UploadedPart[] = [];
  for (const [index, [from, length]] of pieces.entries()) {
    const bytes = length === MATERIAL_MIB ? undefined : { first: from * MIB, last: (from + length) * MIB - 1 };
    const request = { key: name, uploadId, part: index + 1, sourceETag: eTag, sizeBytes: length * MIB, bytes };
    parts.push(await uploads.copyPart(request));
    lab.spending.addStorage(length * MIB);
  }
  await beforeCompletion?.();
  const sizeBytes = parts.reduce((sum, part) => sum + part.sizeBytes, 0);
  return String(await uploads.complete({ key: name, uploadId, parts, sizeBytes, checksum }));
}

/** Copies the object into the other bucket, in its own parts. */
export async function copyInSameParts(lab: Lab, name: string, pieces: readonly Piece[], checksum?: ChecksumKind) {
  const { source, destination } = await lab.pair({ role: 'source', prefix: 'parts/' });
  const { eTag } = await source.headObject(name);
  const { uploads } = destination;
  const attributes = { metadata: {} };
  const uploadId = await uploads.create({ key: name, attributes, tags: [], storageClass: 'STANDARD', checksum });
  const parts: UploadedPart[] = [];
  let first = 0;
  for (const index of pieces.keys()) {
    const { sizeBytes } = await source.headPart(name, index + 1);
    const bytes = { first, last: first + sizeBytes - 1 };
    first += sizeBytes;
    parts.push(await uploads.copyPart({ key: name, uploadId, part: index + 1, sourceETag: eTag, sizeBytes, bytes }));
  }
  await uploads.complete({ key: name, uploadId, parts, sizeBytes: first, checksum });
  const [from, to] = [
    await source.headObject(name, { checksums: true }),
    await destination.headObject(name, { checksums: true }),
  ];
  return { from, to };
}

/** Creates `repeated/<name>`: `parts/<name>` repeated that many times. */
export async function repeat(lab: Lab, name: string, times: number): Promise<void> {
  const { source, destination } = await lab.pair(
    { role: 'source', prefix: 'parts/' },
    { role: 'source', prefix: 'repeated/' },
  );
  const { eTag, sizeBytes } = await source.headObject(name);
  const { uploads } = destination;
  const uploadId = await uploads.create({
    key: name,
    attributes: { metadata: {} },
    tags: [],
    storageClass: 'STANDARD',
  });
  const parts: UploadedPart[] = [];
  for (let part = 1; part <= times; part++) {
    lab.spending.addStorage(sizeBytes);
    parts.push(await uploads.copyPart({ key: name, uploadId, part, sourceETag: eTag, sizeBytes }));
  }
  await uploads.complete({ key: name, uploadId, parts, sizeBytes: sizeBytes * times });
}
