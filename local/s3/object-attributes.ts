import { type Answer, type Call, versionHeader, xmlAnswer } from './call';
import { type ChecksumAlgorithm, checksumElement, checksumValue } from './checksums';
import { invalidRequest } from './errors';
import type { ObjectVersion, StoredPart } from './object-version';
import { element, s3Document } from './xml';

/** What HeadObject tells and more, as XML: only what `x-amz-object-attributes` asks for. The ETag has no quotes here. */
export async function getObjectAttributes(call: Call): Promise<Answer> {
  call.bucket.authorize('s3:GetObjectAttributes'); // besides s3:GetObject
  const version = call.bucket.find(call.key, call.query.get('versionId') ?? undefined);
  const asked = new Set((call.headers['x-amz-object-attributes'] ?? '').split(',').map((name) => name.trim()));
  if (asked.has('')) {
    throw invalidRequest('The x-amz-object-attributes header is missing or has an empty value');
  }
  const content = [
    asked.has('ETag') ? element('ETag', version.eTag) : '',
    asked.has('Checksum') ? await checksumXml(version) : '',
    asked.has('ObjectParts') && version.parts ? partsXml(call, version, version.parts) : '',
    asked.has('StorageClass') ? element('StorageClass', version.storageClass) : '',
    asked.has('ObjectSize') ? element('ObjectSize', version.body.length) : '',
  ];
  return xmlAnswer(s3Document('GetObjectAttributesResponse', content.join('')), {
    'last-modified': version.lastModified.toUTCString(),
    ...versionHeader(call.bucket, version.versionId),
  });
}

/** A composite checksum comes without its `-N`. */
async function checksumXml({ checksum, body }: ObjectVersion): Promise<string> {
  const [value] = (await checksumValue(checksum, body)).split('-');
  return `<Checksum>${element(checksumElement(checksum.algorithm), value)}${element('ChecksumType', checksum.type)}</Checksum>`;
}

/** How many parts there were; each of them only where the uploader chose a checksum. */
function partsXml({ headers }: Call, version: ObjectVersion, parts: readonly StoredPart[]): string {
  const count = element('PartsCount', parts.length);
  if (parts.some((part) => part.checksum === undefined)) {
    return `<ObjectParts>${count}</ObjectParts>`;
  }
  const after = Number(headers['x-amz-part-number-marker'] ?? 0);
  const maxParts = Math.min(1000, Number(headers['x-amz-max-parts'] ?? 1000));
  const rest = parts.filter((part) => part.partNumber > after);
  const page = rest.slice(0, maxParts);
  return [
    `<ObjectParts>${count}`,
    element('PartNumberMarker', after),
    element('NextPartNumberMarker', page.at(-1)?.partNumber ?? 0),
    element('MaxParts', maxParts),
    element('IsTruncated', page.length < rest.length),
    ...page.map((part) => partXml(part, version.checksum.algorithm)),
    '</ObjectParts>',
  ].join('');
}

function partXml(part: StoredPart, algorithm: ChecksumAlgorithm): string {
  return `<Part>${element('PartNumber', part.partNumber)}${element('Size', part.sizeBytes)}${element(checksumElement(algorithm), part.checksum)}</Part>`;
}
