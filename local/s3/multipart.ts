import { type Answer, answerOf, type Call } from './call';
import {
  type Checksum,
  type ChecksumAlgorithm,
  type ChecksumType,
  checksumHeader,
  checksumValue,
  DEFAULT_CHECKSUM,
  type Headers,
  parseAlgorithm,
  sentChecksum,
  verifyBody,
} from './checksums';
import { encryptionHeaders } from './encryption';
import { invalidRequest } from './errors';
import { findUpload, readPartNumber } from './find-upload';
import { eTagOf, quoted } from './object-version';
import { readAttributes } from './put-object';
import { CHECKSUM_TYPES, type Upload, type UploadChecksum, type UploadPart } from './upload';
import { element, s3Document } from './xml';

export function createMultipartUpload(call: Call): Answer {
  const { state, bucket, key, headers } = call;
  const upload: Upload = {
    id: state.newId(),
    key,
    initiated: state.now(),
    attributes: readAttributes(bucket, headers),
    checksum: readUploadChecksum(headers),
    parts: new Map(),
  };
  bucket.uploads.set(upload.id, upload);
  const { asked, algorithm, type } = upload.checksum;
  return answerOf(
    'CreateMultipartUpload',
    { uploadId: upload.id },
    () =>
      s3Document(
        'InitiateMultipartUploadResult',
        element('Bucket', bucket.name) + element('Key', key) + element('UploadId', upload.id),
      ),
    {
      ...encryptionHeaders(upload.attributes.encryption),
      'x-amz-checksum-algorithm': asked ? algorithm : undefined,
      'x-amz-checksum-type': asked ? type : undefined,
    },
  );
}

/** @throws S3Error InvalidRequest for a type that the algorithm cannot have */
function readUploadChecksum(headers: Headers): UploadChecksum {
  const asked = parseAlgorithm(headers['x-amz-checksum-algorithm']);
  const type = headers['x-amz-checksum-type'];
  if (asked === undefined) {
    if (type !== undefined)
      throw invalidRequest('The x-amz-checksum-type header can only be used with the x-amz-checksum-algorithm header.');
    return { algorithm: DEFAULT_CHECKSUM, type: 'FULL_OBJECT', asked: false };
  }
  const types = CHECKSUM_TYPES[asked];
  if (type !== undefined && type !== 'COMPOSITE' && type !== 'FULL_OBJECT')
    throw invalidRequest('Value for x-amz-checksum-type header is invalid.');
  if (type !== undefined && !types.includes(type)) {
    throw invalidRequest(
      `The ${type} checksum type cannot be used with the ${asked.toLowerCase()} checksum algorithm.`,
    );
  }
  const [usual = 'FULL_OBJECT' as ChecksumType] = types;
  return { algorithm: asked, type: type ?? usual, asked: true };
}

export async function uploadPart(call: Call): Promise<Answer> {
  const upload = findUpload(call);
  const partNumber = readPartNumber(call.query);
  const { body, headers } = await call.readBody();
  const sent = sentChecksum(headers);
  checkPartAlgorithm(upload.checksum, sent?.algorithm);
  const verified = await verifyBody(headers, body);
  const part = await keepPart(upload, { partNumber, body, lastModified: call.state.now() }, verified);
  const shown = upload.checksum.asked ? part.checksum : sent && verified;
  return {
    status: 200,
    headers: {
      etag: quoted(part.eTag),
      ...(shown ? { [checksumHeader(shown.algorithm)]: shown.value } : {}),
      ...encryptionHeaders(upload.attributes.encryption),
    },
  };
}

/** Parts of a composite upload must have a checksum of its algorithm. Parts of other uploads may have no other checksum. */
function checkPartAlgorithm({ algorithm, type, asked }: UploadChecksum, sent: ChecksumAlgorithm | undefined): void {
  const missing = sent === undefined && type === 'COMPOSITE';
  if (asked && (missing || (sent !== undefined && sent !== algorithm))) {
    throw invalidRequest(
      `Checksum Type mismatch occurred, expected checksum Type: ${algorithm.toLowerCase()}, actual checksum Type: ${sent?.toLowerCase() ?? 'null'}`,
    );
  }
}

/** Keeps a part, in the place of an earlier one of its number. @param known  a checksum of the part */
export async function keepPart(
  upload: Upload,
  { partNumber, body, lastModified }: Pick<UploadPart, 'partNumber' | 'body' | 'lastModified'>,
  known: Checksum,
): Promise<UploadPart> {
  const eTag = eTagOf(body, upload.attributes.encryption);
  const part = { partNumber, body, eTag, checksum: await partChecksum(upload, known, body), lastModified };
  upload.parts.set(partNumber, part);
  return part;
}

/** The part's checksum of the upload's algorithm. */
async function partChecksum(upload: Upload, known: Checksum, body: UploadPart['body']): Promise<Checksum> {
  const { algorithm, asked } = upload.checksum;
  const checksum: Checksum = known.algorithm === algorithm ? known : { algorithm, type: 'FULL_OBJECT' };
  if (asked) await checksumValue(checksum, body);
  return checksum;
}

/** Aborts an upload. From then on its parts are gone and its id is unknown. */
export function abortMultipartUpload(call: Call): Answer {
  call.bucket.uploads.delete(findUpload(call).id);
  return { status: 204 };
}
