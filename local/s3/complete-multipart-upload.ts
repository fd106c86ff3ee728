import { createHash } from 'node:crypto';
import { joinBodies } from './body';
import { type Answer, answerOf, type Call, versionHeader } from './call';
import {
  badChecksum,
  type Checksum,
  checksumElement,
  checksumHeader,
  checksumValue,
  compositeDigest,
  type Headers,
} from './checksums';
import { checkWrite } from './conditions';
import { encryptionHeaders } from './encryption';
import { invalidRequest, malformedXml, S3Error } from './errors';
import { findAnyUpload } from './find-upload';
import { type ObjectVersion, quoted, unquoted } from './object-version';
import type { Upload, UploadPart } from './upload';
import { children, childText, element, parseXml, s3Document, type XmlNode } from './xml';

const LEAST_PART_BYTES = 5 * 1024 ** 2;
const MOST_OBJECT_BYTES = 48.8 * 1024 ** 4;

/** Joins the parts. If the request is repeated, the answer is the same. */
export async function completeMultipartUpload(call: Call): Promise<Answer> {
  const upload = findAnyUpload(call);
  const { bytes, headers } = await call.readBody();
  const request = bytes.toString('latin1');
  if (upload.completed?.request === request) return completed(call, upload.completed.version);
  if (upload.completed) throw invalidPart(upload.id, 0);
  const parts = chosenParts(upload, parseXml(bytes, 'CompleteMultipartUpload'));
  const body = joinBodies(parts.map((part) => part.body));
  checkSizes(parts, body.length, headers);
  const checksum = await objectChecksum(upload, parts);
  if (checksum.type === 'FULL_OBJECT') await checksumValue(checksum, body);
  checkSentChecksum(checksum, headers);
  checkWrite(headers, call.key, call.bucket.current(call.key));
  const version = call.bucket.add({
    ...upload.attributes,
    key: upload.key,
    body,
    checksum,
    eTag: multipartETag(parts),
    lastModified: upload.initiated,
    parts: parts.map((part, i) => ({
      partNumber: i + 1,
      sizeBytes: part.body.length,
      checksum: upload.checksum.asked ? part.checksum.value : undefined,
    })),
  });
  upload.completed = { request, version };
  upload.parts.clear();
  return completed(call, version);
}

/** MD5 of the parts' MD5s, and the number of parts. */
export function multipartETag(parts: readonly { readonly eTag: string }[]): string {
  const hash = createHash('md5');
  for (const part of parts) hash.update(part.eTag, 'hex');
  return `${hash.digest('hex')}-${parts.length}`;
}

/** @throws S3Error MalformedXML, InvalidPartOrder, InvalidPart */
function chosenParts(upload: Upload, request: XmlNode): UploadPart[] {
  const nodes = children(request, 'Part');
  if (nodes.length === 0) throw malformedXml();
  let previous = 0;
  return nodes.map((node) => {
    const partNumber = Number(childText(node, 'PartNumber'));
    if (partNumber <= previous) {
      throw new S3Error(
        400,
        'InvalidPartOrder',
        'The list of parts was not in ascending order. Parts must be ordered by part number.',
        { UploadId: upload.id },
      );
    }
    previous = partNumber;
    const part = upload.parts.get(partNumber);
    if (!part || unquoted(childText(node, 'ETag') ?? '') !== part.eTag) throw invalidPart(upload.id, partNumber);
    checkPartChecksum(upload, part, childText(node, checksumElement(upload.checksum.algorithm)));
    return part;
  });
}

function checkPartChecksum({ id, checksum }: Upload, part: UploadPart, sent: string | undefined): void {
  if (sent === undefined && checksum.asked && checksum.type === 'COMPOSITE') {
    throw invalidRequest(
      `The upload was created using a ${checksum.algorithm.toLowerCase()} checksum. The complete request must include the checksum for each part. It was missing for part ${part.partNumber} in the request.`,
    );
  }
  if (sent !== undefined && part.checksum.value !== undefined && sent !== part.checksum.value)
    throw invalidPart(id, part.partNumber);
}

function invalidPart(uploadId: string, partNumber: number): S3Error {
  return new S3Error(
    400,
    'InvalidPart',
    "One or more of the specified parts could not be found.  The part may not have been uploaded, or the specified entity tag may not match the part's entity tag.",
    { UploadId: uploadId, PartNumber: String(partNumber) },
  );
}

function checkSizes(parts: UploadPart[], sizeBytes: number, headers: Headers): void {
  const small = parts.slice(0, -1).find((part) => part.body.length < LEAST_PART_BYTES);
  if (small) {
    throw new S3Error(400, 'EntityTooSmall', 'Your proposed upload is smaller than the minimum allowed size', {
      ProposedSize: String(small.body.length),
      MinSizeAllowed: String(LEAST_PART_BYTES),
      PartNumber: String(small.partNumber),
      ETag: small.eTag,
    });
  }
  if (sizeBytes > MOST_OBJECT_BYTES)
    throw new S3Error(400, 'EntityTooLarge', 'Your proposed upload exceeds the maximum allowed size');
  const announced = headers['x-amz-mp-object-size'];
  if (announced !== undefined && Number(announced) !== sizeBytes) {
    throw invalidRequest(
      `The provided 'x-amz-mp-object-size' header value ${announced} does not match what was computed: ${sizeBytes}`,
    );
  }
}

async function objectChecksum({ checksum }: Upload, parts: UploadPart[]): Promise<Checksum> {
  const { algorithm, type } = checksum;
  if (type === 'FULL_OBJECT') return { algorithm, type };
  const values = await Promise.all(parts.map((part) => checksumValue(part.checksum, part.body)));
  return { algorithm, type, value: await compositeDigest(algorithm, values) };
}

function checkSentChecksum(checksum: Checksum, headers: Headers): void {
  const type = headers['x-amz-checksum-type'];
  if (type !== undefined && type !== checksum.type) {
    throw invalidRequest(
      `The upload was created using the ${checksum.type} checksum mode. The complete request must use the same checksum mode.`,
    );
  }
  const sent = headers[checksumHeader(checksum.algorithm)];
  const bare = checksum.value?.split('-')[0];
  if (sent !== undefined && sent !== checksum.value && sent !== bare) throw badChecksum(checksum.algorithm);
}

function completed({ bucket, headers }: Call, version: ObjectVersion): Answer {
  const { checksum } = version;
  return answerOf(
    'CompleteMultipartUpload',
    version,
    () =>
      s3Document(
        'CompleteMultipartUploadResult',
        [
          element(
            'Location',
            `http://${headers.host ?? 'localhost'}/${bucket.name}/${encodeURIComponent(version.key)}`,
          ),
          element('Bucket', bucket.name),
          element('Key', version.key),
          element('ETag', quoted(version.eTag)),
          element(checksumElement(checksum.algorithm), checksum.value),
          element('ChecksumType', checksum.type),
        ].join(''),
      ),
    { ...encryptionHeaders(version.encryption), ...versionHeader(bucket, version.versionId) },
  );
}
