import { type Answer, answerOf, type Call, countParam, xmlAnswer } from './call';
import { readToken, writeToken } from './continuation-token';
import { listPage, type Page } from './cut-page';
import { invalidArgument } from './errors';
import type { ObjectVersion } from './object-version';
import { endOfPrefix, fromByteKey, type KeyRecord, toByteKey } from './ordered-index';
import { requireKeyLength } from './request';
import { listEncode } from './url-encoding';
import { element, escapeXml, s3Document } from './xml';

/** The current version, unless it is a delete marker. */
function currentObject({ versions }: KeyRecord): readonly ObjectVersion[] {
  if (versions[0]?.deleteMarker) return [];
  return versions.length === 1 ? versions : versions.slice(0, 1);
}

export function listObjectsV2(call: Call): Answer {
  const { query } = call;
  const token = query.get('continuation-token');
  const startAfter = query.get('start-after') ?? '';
  requireKeyLength(startAfter); // AWS documents it as a key, so it may reject one that is too long
  const options = readListOptions(call);
  const after = token === null ? toByteKey(startAfter) : readToken(token);
  const page = listPage(call.bucket.index, { ...options, after }, currentObject);
  const { encode } = options;
  const next = page.next === undefined ? undefined : writeToken(page.next);
  return answerOf('ListObjectsV2', { objects: page.items, next }, () =>
    s3Document(
      'ListBucketResult',
      [
        element('Name', call.bucketName),
        element('Prefix', encode(query.get('prefix') ?? '')),
        startAfter && token === null ? element('StartAfter', encode(startAfter)) : '',
        element('ContinuationToken', token ?? undefined),
        element('NextContinuationToken', next),
        element('KeyCount', page.items.length + page.commonPrefixes.length),
        ...pageElements(call, options, page, query.get('fetch-owner') === 'true'),
      ].join(''),
    ),
  );
}

/** ListObjects, the first version, whose next page begins after the last key or common prefix. */
export function listObjects(call: Call): Answer {
  const { query } = call;
  const marker = query.get('marker') ?? '';
  const options = readListOptions(call);
  const page = listPage(call.bucket.index, { ...options, after: afterMarker(marker, options) }, currentObject);
  const last = page.next === undefined ? undefined : fromByteKey(page.next.replace(/\xff$/, ''));
  return xmlAnswer(
    s3Document(
      'ListBucketResult',
      [
        element('Name', call.bucketName),
        element('Prefix', options.encode(query.get('prefix') ?? '')),
        element('Marker', options.encode(marker)),
        options.delimiter && last !== undefined ? element('NextMarker', options.encode(last)) : '',
        ...pageElements(call, options, page, true),
      ].join(''),
    ),
  );
}

export interface ListOptions {
  readonly prefix: string;
  readonly delimiter: string;
  readonly maxKeys: number;
  /** How keys are written. */
  readonly encode: (key: string) => string;
  readonly encodingType: string | undefined;
}

/** The parameters that all lists of a bucket share. */
export function readListOptions({ query }: Call): ListOptions {
  const encodingType = query.get('encoding-type') ?? undefined;
  if (encodingType !== undefined && encodingType !== 'url')
    throw invalidArgument('Invalid Encoding Method specified in Request', 'encoding-type', encodingType);
  return {
    prefix: toByteKey(query.get('prefix') ?? ''),
    delimiter: toByteKey(query.get('delimiter') ?? ''),
    maxKeys: countParam(query, 'max-keys'),
    encode: encodingType === 'url' ? listEncode : (key) => key,
    encodingType,
  };
}

/** A marker that is a common prefix stands for all keys below it. */
export function afterMarker(marker: string, { delimiter, prefix }: ListOptions): string {
  const position = toByteKey(marker);
  const rolledUp = delimiter !== '' && position.startsWith(prefix) && position.endsWith(delimiter);
  return rolledUp ? endOfPrefix(position) : position;
}

function pageElements(call: Call, options: ListOptions, page: Page<ObjectVersion>, withOwner: boolean): string[] {
  const { encode } = options;
  const withRestore = (call.headers['x-amz-optional-object-attributes'] ?? '').includes('RestoreStatus');
  const owner = withOwner ? `<Owner>${element('ID', call.bucket.ownerId)}</Owner>` : '';
  return [
    element('MaxKeys', options.maxKeys),
    element('Delimiter', encode(call.query.get('delimiter') ?? '') || undefined),
    element('EncodingType', options.encodingType),
    element('IsTruncated', page.next !== undefined),
    ...page.items.map((version) => contents(version, encode, owner, withRestore)),
    ...page.commonPrefixes.map((prefix) => `<CommonPrefixes>${element('Prefix', encode(prefix))}</CommonPrefixes>`),
  ];
}

function contents(
  version: ObjectVersion,
  encode: (key: string) => string,
  owner: string,
  withRestore: boolean,
): string {
  return `<Contents>${entryElements(version, encode, owner)}${withRestore ? restoreStatus(version) : ''}</Contents>`;
}

/** What lists of objects and of versions say about one version. */
export function entryElements(version: ObjectVersion, encode: (key: string) => string, owner: string): string {
  const { checksum, lastModified, eTag, body, storageClass } = version;
  const key = encode(version.key);
  // a URL-encoded text has no character that XML escapes
  const keyText = encode === listEncode ? key : escapeXml(key);
  return `<Key>${keyText}</Key><LastModified>${isoDate(lastModified)}</LastModified><ETag>&quot;${escapeXml(eTag)}&quot;</ETag><ChecksumAlgorithm>${checksum.algorithm}</ChecksumAlgorithm><ChecksumType>${checksum.type}</ChecksumType><Size>${body.length}</Size>${owner}<StorageClass>${storageClass}</StorageClass>`;
}

let lastDate = { time: 0, text: new Date(0).toISOString() };

/** Objects that are listed together were often created together. */
function isoDate(date: Date): string {
  const time = date.getTime();
  if (time !== lastDate.time) lastDate = { time, text: date.toISOString() };
  return lastDate.text;
}

export function restoreStatus({ restore }: ObjectVersion): string {
  if (!restore) return '';
  const expires = element('RestoreExpiryDate', restore.expires?.toISOString());
  return `<RestoreStatus>${element('IsRestoreInProgress', restore.ongoing)}${expires}</RestoreStatus>`;
}
