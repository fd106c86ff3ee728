import { type Answer, answerOf, type Call } from './call';
import { sentChecksum, verifyBody } from './checksums';
import { deleteKey } from './delete-object';
import { invalidRequest, malformedXml, notImplemented, S3Error } from './errors';
import type { DeleteResult } from './results';
import { children, childText, element, parseXml, s3Document, type XmlNode } from './xml';

const KEYS_PER_REQUEST = 1000;

/** Deletes up to 1,000 keys; each succeeds or fails by itself, and the answer is 200 either way. */
export async function deleteObjects(call: Call): Promise<Answer> {
  const { bytes, body, headers } = await call.readBody();
  if (headers['content-md5'] === undefined && !sentChecksum(headers))
    throw invalidRequest('Missing required header for this request: Content-MD5 OR x-amz-checksum-*');
  await verifyBody(headers, body);
  const request = parseXml(bytes, 'Delete');
  const objects = children(request, 'Object');
  if (objects.length === 0 || objects.length > KEYS_PER_REQUEST) throw malformedXml();
  const quiet = childText(request, 'Quiet') === 'true';
  const keys = objects.map((object) => childText(object, 'Key') || keyMissing());
  const results = keys.map((key, i) => deleteOne(call, key, objects[i]));
  return answerOf('DeleteObjects', results, () =>
    s3Document('DeleteResult', results.map((result) => resultXml(result, quiet)).join('')),
  );
}

function keyMissing(): never {
  throw malformedXml();
}

function deleteOne(call: Call, key: string, object: XmlNode | undefined): DeleteResult {
  const versionId = childText(object, 'VersionId');
  try {
    for (const name of ['Size', 'LastModifiedTime']) {
      if (childText(object, name) !== undefined) {
        throw notImplemented(name); // directory buckets have these
      }
    }
    const outcome = deleteKey(call.bucket, {
      key,
      versionId,
      ifMatch: childText(object, 'ETag'),
      bypassGovernance: call.headers['x-amz-bypass-governance-retention'] === 'true',
    });
    return { key, versionId, outcome };
  } catch (error) {
    if (!(error instanceof S3Error)) throw error;
    return { key, versionId, outcome: error };
  }
}

function resultXml({ key, versionId, outcome }: DeleteResult, quiet: boolean): string {
  const asked = `${element('Key', key)}${element('VersionId', versionId)}`;
  if (outcome instanceof S3Error)
    return `<Error>${asked}${element('Code', outcome.code)}${element('Message', outcome.message)}</Error>`;
  if (quiet) return '';
  const marker = outcome.deleteMarker
    ? element('DeleteMarker', true) + element('DeleteMarkerVersionId', outcome.versionId)
    : '';
  return `<Deleted>${asked}${marker}</Deleted>`;
}
