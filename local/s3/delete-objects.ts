import { type Answer, type Call, xmlAnswer } from './call';
import { sentChecksum, verifyBody } from './checksums';
import { type Deleted, deleteKey } from './delete-object';
import { invalidRequest, malformedXml, notImplemented, S3Error } from './errors';
import { children, childText, element, parseXml, s3Document, type XmlNode } from './xml';

const keysPerRequest = 1000;

/** Deletes up to 1,000 keys; each succeeds or fails by itself, and the answer is 200 either way. */
export async function deleteObjects(call: Call): Promise<Answer> {
  const { bytes, body, headers } = await call.readBody();
  if (headers['content-md5'] === undefined && !sentChecksum(headers)) {
    throw invalidRequest('Missing required header for this request: Content-MD5 OR x-amz-checksum-*');
  }
  await verifyBody(headers, body);
  const request = parseXml(bytes, 'Delete');
  const objects = children(request, 'Object');
  if (objects.length === 0 || objects.length > keysPerRequest) {
    throw malformedXml();
  }
  const quiet = childText(request, 'Quiet') === 'true';
  const keys = objects.map((object) => childText(object, 'Key') || keyMissing());
  const results = keys.map((key, i) => deleteOne(call, key, objects[i], quiet));
  return xmlAnswer(s3Document('DeleteResult', results.join('')));
}

function keyMissing(): never {
  throw malformedXml();
}

function deleteOne(call: Call, key: string, object: XmlNode | undefined, quiet: boolean): string {
  const versionId = childText(object, 'VersionId');
  try {
    for (const name of ['Size', 'LastModifiedTime']) {
      if (childText(object, name) !== undefined) {
        throw notImplemented(name); // directory buckets have these
      }
    }
    const deleted = deleteKey(call.bucket, {
      key,
      versionId,
      ifMatch: childText(object, 'ETag'),
      bypassGovernance: call.headers['x-amz-bypass-governance-retention'] === 'true',
    });
    return quiet ? '' : deletedXml(key, versionId, deleted);
  } catch (error) {
    if (!(error instanceof S3Error)) {
      throw error;
    }
    return `<Error>${element('Key', key)}${element('VersionId', versionId)}${element('Code', error.code)}${element('Message', error.message)}</Error>`;
  }
}

function deletedXml(key: string, asked: string | undefined, deleted: Deleted): string {
  const marker = deleted.deleteMarker
    ? element('DeleteMarker', true) + element('DeleteMarkerVersionId', deleted.versionId)
    : '';
  return `<Deleted>${element('Key', key)}${element('VersionId', asked)}${marker}</Deleted>`;
}
