import { ATTRIBUTE, SPACE } from './xml-space';

/**
 * Elements that contain keys, or show that the document is not a page of ListObjectsV2. They are read only in their places.
 * Anywhere else, in any spelling, they make the page invalid.
 */
const MEANT = [
  ...['Key', 'LastModified', 'ETag', 'Size', 'StorageClass', 'ChecksumAlgorithm', 'ChecksumType', 'RestoreStatus'],
  ...['Name', 'Prefix', 'KeyCount', 'EncodingType', 'IsTruncated', 'NextContinuationToken', 'MaxKeys', 'Delimiter'],
  ...['StartAfter', 'ContinuationToken', 'Contents', 'CommonPrefixes', 'ListBucketResult'],
  // in ListObjects, in ListObjectVersions, in an error
  ...['Marker', 'NextMarker', 'KeyMarker', 'NextKeyMarker', 'VersionIdMarker', 'NextVersionIdMarker', 'UploadIdMarker'],
  ...['Version', 'VersionId', 'IsLatest', 'DeleteMarker', 'Upload', 'Error', 'Code'],
];
const MEANT_NAMES = new Set(MEANT.map((name) => name.toLowerCase()));
const NAME = /^(?:[A-Za-z_][\w.-]*:)?[A-Za-z_][\w.-]*$/;

/** Whether an unknown element may be skipped, because AWS may add elements at any time. */
function mayBeIgnored(name: string): boolean {
  const local = name.slice(name.indexOf(':') + 1);
  return NAME.test(name) && !MEANT_NAMES.has(local.toLowerCase());
}

/** More than AWS is likely to add between two releases of bucketsync. */
export const MOST_UNKNOWN = 32;
const MOST_CHILDREN = 32;
const TEXT = '[^<]{0,1024}';
const ATTRIBUTES = `(?:${ATTRIBUTE}){0,8}${SPACE}`;

const OPENING = new RegExp(`${SPACE}<([\\w:.-]+)${ATTRIBUTES}(/?)>`, 'y');
const CHILD = new RegExp(`${SPACE}<([\\w:.-]+)${ATTRIBUTES}(?:/>|>${TEXT}</\\1${SPACE}>)`, 'y');
const TEXT_TO_CLOSING = new RegExp(`${TEXT}</([\\w:.-]+)${SPACE}>`, 'y');
const CLOSING = new RegExp(`${SPACE}</([\\w:.-]+)${SPACE}>`, 'y');

export interface UnknownLeaf {
  /** Its name, followed by a slash and the names of its children. */
  readonly shape: string;
  readonly end: number;
}

/**
 * Reads an unknown element that contains only text, or elements that contain only text: no CDATA, no comment, nothing deeper.
 *
 * @returns undefined if the next element has another form
 */
export function findUnknownLeaf(text: string, at: number): UnknownLeaf | undefined {
  const opening = matchAt(OPENING, text, at);
  const [, name = '', slash] = opening ?? [];
  if (!opening || !mayBeIgnored(name)) return undefined;
  const start = at + opening[0].length;
  if (slash === '/') return { shape: name, end: start };
  const leaf = matchAt(TEXT_TO_CLOSING, text, start);
  if (leaf) return leaf[1] === name ? { shape: name, end: start + leaf[0].length } : undefined;
  return findChildren(text, start, name);
}

function findChildren(text: string, start: number, name: string): UnknownLeaf | undefined {
  const names = [name];
  let end = start;
  for (;;) {
    const child = matchAt(CHILD, text, end);
    if (!child) break;
    const [, childName = ''] = child;
    if (!mayBeIgnored(childName) || names.length > MOST_CHILDREN) return undefined;
    names.push(childName);
    end += child[0].length;
  }
  const closing = matchAt(CLOSING, text, end);
  return closing?.[1] === name ? { shape: names.join('/'), end: end + closing[0].length } : undefined;
}

/** Matches an element of that shape; without groups. */
export function unknownPattern(shape: string): string {
  const [name = '', ...children] = shape.split('/');
  if (children.length === 0) return `${SPACE}${tagWith(name, TEXT)}`;
  const content = children.map((child) => `${SPACE}${tagWith(child, TEXT)}`).join('');
  return `${SPACE}<${quoted(name)}${ATTRIBUTES}>${content}${SPACE}</${quoted(name)}${SPACE}>`;
}

function tagWith(name: string, content: string): string {
  return `<${quoted(name)}${ATTRIBUTES}(?:/>|>${content}</${quoted(name)}${SPACE}>)`;
}

function quoted(name: string): string {
  return name.replaceAll('.', '\\.');
}

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}
