import type { Body } from './body';
import { type Answer, answerOf, type Call, versionHeader } from './call';
import { copyResultXml } from './copy-object';
import { encryptionHeaders } from './encryption';
import { invalidArgument, invalidRequest } from './errors';
import { type CopySource, findCopySource } from './find-copy-source';
import { findUpload, readPartNumber } from './find-upload';
import { keepPart } from './multipart';

const MOST_PART_BYTES = 5 * 1024 ** 3;
const RANGE_HEADER = 'x-amz-copy-source-range';

/** Copies an object, or a range of one, into a part of an upload. */
export async function uploadPartCopy(call: Call): Promise<Answer> {
  const upload = findUpload(call);
  const partNumber = readPartNumber(call.query);
  const source = findCopySource(call);
  const body = copiedRange(call, source);
  const whole = body === source.version.body && source.version.checksum.type === 'FULL_OBJECT';
  const known = whole ? source.version.checksum : ({ algorithm: 'CRC64NVME', type: 'FULL_OBJECT' } as const);
  const part = await keepPart(upload, { partNumber, body, lastModified: call.state.now() }, known);
  const shown = { ...part, checksum: upload.checksum.asked ? part.checksum : undefined };
  return answerOf('UploadPartCopy', shown, () => copyResultXml('CopyPartResult', shown), {
    ...encryptionHeaders(upload.attributes.encryption),
    'x-amz-copy-source-version-id': versionHeader(source.bucket, source.version.versionId)['x-amz-version-id'],
  });
}

/**
 * @throws S3Error InvalidArgument for a range that is not within the source, InvalidRequest if a part may not be so large
 */
function copiedRange({ headers }: Call, { version }: CopySource): Body {
  const header = headers[RANGE_HEADER];
  const size = version.body.length;
  if (header === undefined) return withinLimit(version.body);
  const [, first, last] = header.match(/^bytes=(\d+)-(\d+)$/) ?? [];
  if (first === undefined || last === undefined) {
    throw invalidArgument(
      'The x-amz-copy-source-range value must be of the form bytes=first-last where first and last are the zero-based offsets of the first and last bytes to copy',
      RANGE_HEADER,
      header,
    );
  }
  if (Number(first) > Number(last) || Number(last) >= size)
    throw invalidArgument(`Range specified is not valid for source object of size: ${size}`, RANGE_HEADER, header);
  return withinLimit(version.body.slice(Number(first), Number(last) + 1));
}

function withinLimit(body: Body): Body {
  if (body.length > MOST_PART_BYTES) {
    throw invalidRequest(
      'The specified copy source is larger than the maximum allowable size for a copy source: 5368709120',
    );
  }
  return body;
}
