import { type Answer, type Call, xmlAnswer } from './call';
import { listPage, type Page } from './cut-page';
import { afterMarker, entryElements, readListOptions, restoreStatus } from './list-objects';
import type { ObjectVersion } from './object-version';
import { type KeyRecord, toByteKey } from './ordered-index';
import { element, s3Document } from './xml';

/** All versions and delete markers, by key and from the newest to the oldest. */
export function listObjectVersions(call: Call): Answer {
  const { bucket, query } = call;
  const options = readListOptions(call);
  const { encode } = options;
  const keyMarker = query.get('key-marker') ?? '';
  const versionMarker = query.get('version-id-marker') ?? '';
  // If a page ended within a key, the next page begins with this key, without the versions up to the marker.
  const after = versionMarker === '' ? afterMarker(keyMarker, options) : justBefore(toByteKey(keyMarker));
  const page = listPage(bucket.index, { ...options, after }, (record) =>
    versionMarker !== '' && record.key === keyMarker ? versionsAfter(record, versionMarker) : record.versions,
  );
  const withRestore = (call.headers['x-amz-optional-object-attributes'] ?? '').includes('RestoreStatus');
  const owner = `<Owner>${element('ID', bucket.ownerId)}</Owner>`;
  return xmlAnswer(
    s3Document(
      'ListVersionsResult',
      [
        element('Name', bucket.name),
        element('Prefix', encode(query.get('prefix') ?? '')),
        element('KeyMarker', encode(keyMarker)),
        element('VersionIdMarker', versionMarker),
        page.next === undefined ? '' : nextMarkers(page, encode),
        element('MaxKeys', options.maxKeys),
        element('Delimiter', encode(query.get('delimiter') ?? '') || undefined),
        element('EncodingType', options.encodingType),
        element('IsTruncated', page.next !== undefined),
        ...page.items.map((version) => {
          const isLatest = version === bucket.current(version.key);
          return versionXml(version, isLatest, encode, owner + (withRestore ? restoreStatus(version) : ''));
        }),
        ...page.commonPrefixes.map((prefix) => `<CommonPrefixes>${element('Prefix', encode(prefix))}</CommonPrefixes>`),
      ].join(''),
    ),
  );
}

function nextMarkers({ items, commonPrefixes }: Page<ObjectVersion>, encode: (key: string) => string): string {
  const last = items.at(-1);
  const lastPrefix = commonPrefixes.at(-1);
  const endsInPrefix = lastPrefix !== undefined && (!last || toByteKey(lastPrefix) > toByteKey(last.key));
  return endsInPrefix
    ? element('NextKeyMarker', encode(lastPrefix))
    : element('NextKeyMarker', encode(last?.key ?? '')) + element('NextVersionIdMarker', last?.versionId);
}

/** A position before `byteKey` and after all smaller keys. */
function justBefore(byteKey: string): string {
  const last = byteKey.charCodeAt(byteKey.length - 1);
  return last === 0 ? byteKey.slice(0, -1) : `${byteKey.slice(0, -1)}${String.fromCharCode(last - 1)}\xff`;
}

function versionsAfter(record: KeyRecord, versionId: string): ObjectVersion[] {
  return record.versions.slice(record.versions.findIndex((version) => version.versionId === versionId) + 1);
}

function versionXml(version: ObjectVersion, isLatest: boolean, encode: (key: string) => string, owner: string): string {
  const ids = element('VersionId', version.versionId) + element('IsLatest', isLatest);
  return version.deleteMarker
    ? `<DeleteMarker>${element('Key', encode(version.key))}${ids}${element('LastModified', version.lastModified.toISOString())}${owner}</DeleteMarker>`
    : `<Version>${ids}${entryElements(version, encode, owner)}</Version>`;
}
