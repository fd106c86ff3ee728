import { createHash } from 'node:crypto';
import type { RestoreRequest } from '../../../lambdas/engine/ports/bucket-reader';
import type { DeleteRequest } from '../../../lambdas/engine/ports/bucket-writer';
import type { UploadedPart } from '../../../lambdas/engine/ports/object-uploads';
import { element } from '../../../local/s3/xml';

/** Requests keep their XML, since hooks and the IAM of the tests read it. */
export function deleteBody(requests: readonly DeleteRequest[], prefix: string): string {
  const objects = requests.map(
    ({ key, eTag }) => `<Object>${element('Key', `${prefix}${key}`)}${element('ETag', eTag && `"${eTag}"`)}</Object>`,
  );
  return `<Delete>${objects.join('')}<Quiet>true</Quiet></Delete>`;
}

export function completeBody(parts: readonly UploadedPart[]): string {
  const sorted = [...parts].sort((a, b) => a.part - b.part);
  const nodes = sorted.map(({ part, eTag, checksums }) => {
    const members = Object.entries(checksums).map(([algorithm, value]) => element(`Checksum${algorithm}`, value));
    return `<Part>${element('PartNumber', part)}${element('ETag', `"${eTag}"`)}${members.join('')}</Part>`;
  });
  return `<CompleteMultipartUpload>${nodes.join('')}</CompleteMultipartUpload>`;
}

export function restoreBody(tier: RestoreRequest['tier'], days: number | undefined): string {
  return `<RestoreRequest>${element('Days', days)}<GlacierJobParameters>${element('Tier', tier)}</GlacierJobParameters></RestoreRequest>`;
}

export function md5Header(body: string) {
  return { 'content-md5': createHash('md5').update(body).digest('base64') };
}
