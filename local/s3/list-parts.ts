import { type Answer, answerOf, type Call, countParam, xmlAnswer } from './call';
import { checksumElement } from './checksums';
import { findUpload, openUploads } from './find-upload';
import { readListOptions } from './list-objects';
import { quoted } from './object-version';
import { toByteKey } from './ordered-index';
import type { Upload, UploadPart } from './upload';
import { element, s3Document } from './xml';

export function listParts(call: Call): Answer {
  const { bucket, key, query } = call;
  const upload = findUpload(call);
  const maxParts = countParam(query, 'max-parts');
  const marker = countParam(query, 'part-number-marker', 2 ** 31 - 1);
  const after = query.has('part-number-marker') ? marker : 0;
  const rest = [...upload.parts.values()]
    .filter((part) => part.partNumber > after)
    .sort((a, b) => a.partNumber - b.partNumber);
  const page = rest.slice(0, maxParts);
  const { asked, algorithm, type } = upload.checksum;
  const isTruncated = page.length < rest.length;
  const parts = page.map((part) => ({ ...part, checksum: asked ? part.checksum : undefined }));
  return answerOf('ListParts', { parts, next: isTruncated ? page.at(-1)?.partNumber : undefined }, () =>
    s3Document(
      'ListPartsResult',
      [
        element('Bucket', bucket.name),
        element('Key', key),
        element('UploadId', upload.id),
        element('PartNumberMarker', after),
        element('NextPartNumberMarker', page.at(-1)?.partNumber ?? 0),
        element('MaxParts', maxParts),
        element('IsTruncated', isTruncated),
        element('StorageClass', upload.attributes.storageClass),
        asked ? element('ChecksumAlgorithm', algorithm) + element('ChecksumType', type) : '',
        ...page.map((part) => partXml(part, asked)),
      ].join(''),
    ),
  );
}

function partXml(part: UploadPart, withChecksum: boolean): string {
  const { algorithm, value } = part.checksum;
  return `<Part>${element('PartNumber', part.partNumber)}${element('LastModified', part.lastModified.toISOString())}${element('ETag', quoted(part.eTag))}${element('Size', part.body.length)}${withChecksum ? element(checksumElement(algorithm), value) : ''}</Part>`;
}

/** Uploads that are neither complete nor aborted, by key and then by age. */
export function listMultipartUploads(call: Call): Answer {
  const { bucket, query } = call;
  const { prefix, encode, encodingType } = readListOptions(call);
  const maxUploads = countParam(query, 'max-uploads');
  const keyMarker = query.get('key-marker') ?? '';
  const idMarker = query.get('upload-id-marker') ?? '';
  const sorted = openUploads(bucket)
    .map((upload) => ({ upload, byteKey: toByteKey(upload.key) }))
    .filter(({ byteKey }) => byteKey.startsWith(prefix))
    .sort((a, b) => compareBytes(a.byteKey, b.byteKey) || a.upload.initiated.getTime() - b.upload.initiated.getTime());
  const rest = sorted.slice(firstAfter(sorted, toByteKey(keyMarker), idMarker));
  const page = rest.slice(0, maxUploads);
  const last = page.at(-1)?.upload;
  const truncated = page.length < rest.length;
  return xmlAnswer(
    s3Document(
      'ListMultipartUploadsResult',
      [
        element('Bucket', bucket.name),
        element('KeyMarker', encode(keyMarker)),
        element('UploadIdMarker', idMarker),
        truncated && last ? element('NextKeyMarker', encode(last.key)) + element('NextUploadIdMarker', last.id) : '',
        element('Prefix', encode(query.get('prefix') ?? '')),
        element('EncodingType', encodingType),
        element('MaxUploads', maxUploads),
        element('IsTruncated', truncated),
        ...page.map(({ upload }) => uploadXml(upload, encode)),
      ].join(''),
    ),
  );
}

function compareBytes(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function firstAfter(sorted: { upload: Upload; byteKey: string }[], keyMarker: string, idMarker: string): number {
  const named = sorted.findIndex(({ upload, byteKey }) => byteKey === keyMarker && upload.id === idMarker);
  const beyond = sorted.findIndex(({ byteKey }) => byteKey > keyMarker);
  return named !== -1 ? named + 1 : beyond === -1 ? sorted.length : beyond;
}

function uploadXml(upload: Upload, encode: (key: string) => string): string {
  const { asked, algorithm, type } = upload.checksum;
  const checksum = asked ? element('ChecksumAlgorithm', algorithm) + element('ChecksumType', type) : '';
  return `<Upload>${element('Key', encode(upload.key))}${element('UploadId', upload.id)}${element('StorageClass', upload.attributes.storageClass)}${element('Initiated', upload.initiated.toISOString())}${checksum}</Upload>`;
}
