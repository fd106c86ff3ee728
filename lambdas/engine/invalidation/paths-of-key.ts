import type { SyncInput } from '../../../statemachine/contract';

export type InvalidateInput = NonNullable<SyncInput['invalidate']>;

/** How keys become the paths that viewers ask for. */
export type PathRules = Pick<InvalidateInput, 'indexDocument' | 'bareFolders' | 'originPath' | 'viewerPrefix'>;

/** An object, the folder that it is the index of, and that folder without its slash. */
export function mostPathsOfKey({ bareFolders }: Pick<PathRules, 'bareFolders'>): number {
  return bareFolders ? 3 : 2;
}

/** https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/invalidation-specifying-objects.html */
const LONGEST_PATH = 4_000;

/**
 * Characters for which it is not known which form CloudFront accepts, or which form viewers send. A path ends before
 * the first of them, with `*`.
 *
 * | character | dispute |
 * | --- | --- |
 * | `~` | refused if it is not encoded, and reported not to match if it is |
 * | `'` | reported not to match as it is |
 * | `*` | a wildcard, or a character |
 * | space, `+` | viewers ask for a space as `%20` or `+`, and for a plus as `+` or `%2B` |
 * | `?` | begins a query string if it is not encoded, and CloudFront asks for nothing else to be encoded |
 * | `[`, `]`, `\|`, `^`, `\` | viewers send them as they are, encoded, or as another character |
 */
const DISPUTED = /[~'*+ ?[\]|^\\]/;

/** Unsafe characters of RFC 1738, and everything except visible ASCII. CloudFront requires these to be encoded, and no others. */
const UNSAFE = /[^!-~]|[<>"#%{}`]/gu;

/**
 * The paths under which viewers ask for an object.
 *
 * | key | paths |
 * | --- | --- |
 * | `a/b.css` | `/a/b.css` |
 * | `a/index.html` | `/a/index.html`, `/a/`; with `bareFolders` also `/a` |
 * | `café.html` | `/caf%C3%A9.html` |
 * | `a/b~c.js` | `/a/b*` |
 *
 * @param key  in the destination bucket, with its folder
 * @returns none if the distribution does not serve the object
 */
export function pathsOfKey(key: string, rules: PathRules): string[] {
  const { indexDocument, bareFolders, originPath, viewerPrefix } = rules;
  const folder = originPath === '' ? '' : `${originPath.slice(1)}/`;
  if (!key.startsWith(folder)) return [];
  const served = key.slice(folder.length);
  const toServed = (name: string) => toPath(`${viewerPrefix}/`, name);
  const isIndex = indexDocument !== '' && (served === indexDocument || served.endsWith(`/${indexDocument}`));
  if (!isIndex) return [toServed(served)];
  const ofFolder = toServed(served.slice(0, -indexDocument.length));
  const withoutSlash = bareFolders && ofFolder !== '/' ? ofFolder.replace(/\/$/, '') : ofFolder;
  return [...new Set([toServed(served), ofFolder, withoutSlash])];
}

function toPath(root: string, name: string): string {
  const at = name.search(DISPUTED);
  const path = root + encode(at < 0 ? name : name.slice(0, at));
  return at < 0 && path.length <= LONGEST_PATH ? path : `${cut(path, LONGEST_PATH - 1)}*`;
}

function encode(name: string): string {
  return name.replace(UNSAFE, (character) =>
    [...Buffer.from(character)].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join(''),
  );
}

/** Not within an encoded character. */
function cut(path: string, length: number): string {
  return path.length <= length ? path : path.slice(0, length).replace(/%[\dA-F]?$/, '');
}
