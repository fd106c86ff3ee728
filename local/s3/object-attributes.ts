import { type Answer, answerOf, type Call, versionHeader } from './call';
import { type ChecksumAlgorithm, checksumElement, checksumValue } from './checksums';
import { invalidRequest } from './errors';
import type { ObjectVersion, StoredPart } from './object-version';
import type { PartsPage } from './results';
import { element, s3Document } from './xml';

/**
 * The attributes that `x-amz-object-attributes` names, as XML: those of HeadObject and more. The ETag has no quotes here.
 */
export async function getObjectAttributes(call: Call): Promise<Answer> {
  call.bucket.authorize('s3:GetObjectAttributes'); // besides s3:GetObject
  const version = call.bucket.find(call.key, call.query.get('versionId') ?? undefined);
  const asked = new Set((call.headers['x-amz-object-attributes'] ?? '').split(',').map((name) => name.trim()));
  if (asked.has('')) throw invalidRequest('The x-amz-object-attributes header is missing or has an empty value');
  const checksum = asked.has('Checksum') ? await checksumXml(version) : '';
  const parts = asked.has('ObjectParts') ? partsPage(call, version) : undefined;
  const write = () =>
    s3Document(
      'GetObjectAttributesResponse',
      [
        asked.has('ETag') ? element('ETag', version.eTag) : '',
        checksum,
        parts ? partsXml(parts, version.checksum.algorithm) : '',
        asked.has('StorageClass') ? element('StorageClass', version.storageClass) : '',
        asked.has('ObjectSize') ? element('ObjectSize', version.body.length) : '',
      ].join(''),
    );
  return answerOf('GetObjectAttributes', { eTag: version.eTag, parts }, write, {
    'last-modified': version.lastModified.toUTCString(),
    ...versionHeader(call.bucket, version.versionId),
  });
}

/** A composite checksum comes without its `-N`. */
async function checksumXml({ checksum, body }: ObjectVersion): Promise<string> {
  const [value] = (await checksumValue(checksum, body)).split('-');
  return `<Checksum>${element(checksumElement(checksum.algorithm), value)}${element('ChecksumType', checksum.type)}</Checksum>`;
}

function partsPage({ headers }: Call, { parts }: ObjectVersion): PartsPage | undefined {
  if (!parts) return undefined;
  if (parts.some((part) => part.checksum === undefined)) return { count: parts.length };
  const after = Number(headers['x-amz-part-number-marker'] ?? 0);
  const maxParts = Math.min(1000, Number(headers['x-amz-max-parts'] ?? 1000));
  const rest = parts.filter((part) => part.partNumber > after);
  const page = rest.slice(0, maxParts);
  return { count: parts.length, shown: { after, maxParts, parts: page, isTruncated: page.length < rest.length } };
}

function partsXml({ count, shown }: PartsPage, algorithm: ChecksumAlgorithm): string {
  if (!shown) return `<ObjectParts>${element('PartsCount', count)}</ObjectParts>`;
  return [
    `<ObjectParts>${element('PartsCount', count)}`,
    element('PartNumberMarker', shown.after),
    element('NextPartNumberMarker', shown.parts.at(-1)?.partNumber ?? 0),
    element('MaxParts', shown.maxParts),
    element('IsTruncated', shown.isTruncated),
    ...shown.parts.map((part) => partXml(part, algorithm)),
    '</ObjectParts>',
  ].join('');
}

function partXml(part: StoredPart, algorithm: ChecksumAlgorithm): string {
  return `<Part>${element('PartNumber', part.partNumber)}${element('Size', part.sizeBytes)}${element(checksumElement(algorithm), part.checksum)}</Part>`;
}
