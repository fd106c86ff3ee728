import { TIMESTAMP } from './timestamp';
import { findUnknownLeaf, unknownPattern } from './unknown-leaf';
import { SPACE } from './xml-space';

const NAME = /[ \t\r\n]*<(\/?[\w:.-]*)/y;
const WORD = '([\\w-]+)';

/** The elements of a list page's entry that a mirror uses, with groups for their raw values. */
const READ = {
  // first the form of almost every key, then the other forms
  Key: '(?:([^<%+&\\x00-\\x20][^<%+&\\r]*)|([^<]+))',
  LastModified: `(${TIMESTAMP})`,
  ETag: '(?:&quot;([\\w-]*)&quot;|([^<]*))',
  Size: '(\\d{1,15})',
  // the type of most objects requires no group
  StorageClass: `(?:STANDARD|${WORD})`,
  ChecksumAlgorithm: WORD,
  ChecksumType: WORD,
  RestoreStatus: `(${upToBoth(
    '<IsRestoreInProgress>(?:true|false)</IsRestoreInProgress>',
    `<RestoreExpiryDate>${TIMESTAMP}</RestoreExpiryDate>`,
  )})`,
};

/** The groups of these elements, in the order of their brackets. */
const GROUPS: Readonly<Record<keyof typeof READ, readonly Group[]>> = {
  Key: ['plainKey', 'encodedKey'],
  LastModified: ['lastModified'],
  ETag: ['plainETag', 'escapedETag'],
  Size: ['size'],
  StorageClass: ['storageClass', 'emptyClass'],
  ChecksumAlgorithm: ['checksumAlgorithm'],
  ChecksumType: ['checksumType'],
  RestoreStatus: ['restoreStatus'],
};

type Group =
  | 'plainKey'
  | 'encodedKey'
  | 'lastModified'
  | 'plainETag'
  | 'escapedETag'
  | 'size'
  | 'storageClass'
  | 'emptyClass'
  | 'checksumAlgorithm'
  | 'checksumType'
  | 'restoreStatus';

const IGNORED_TEXT = '[^<]{0,1024}';

/** Elements that a mirror ignores: the owner, and additions of Ceph and Google. */
const IGNORED = {
  Owner: upToBoth(
    `(?:<ID */>|<ID>${IGNORED_TEXT}</ID>)`,
    `(?:<DisplayName */>|<DisplayName>${IGNORED_TEXT}</DisplayName>)`,
  ),
  Type: IGNORED_TEXT,
  Generation: IGNORED_TEXT,
  MetaGeneration: IGNORED_TEXT,
};

/** Elements that some servers send without a value, with the group that shows it. */
const MAY_BE_EMPTY: Readonly<Record<string, string>> = { StorageClass: '()', ChecksumAlgorithm: '', ChecksumType: '' };

const CONTENT: Readonly<Record<string, string>> = { ...READ, ...IGNORED };
const ELEMENTS = new Map(Object.keys(CONTENT).map((name) => [name, new RegExp(element(name), 'y')]));

/** The form of entries that have the same elements in the same order. */
export interface EntryPattern {
  /** Sticky: matches a whole entry from `<Contents>` to `</Contents>`. */
  readonly regExp: RegExp;
  /** The number of a value's group. If these entries do not have the value, it is a group that is never set. */
  readonly groups: Readonly<Record<Group, number>>;
  readonly hasStorageClass: boolean;
  /** Skipped elements, because this release of bucketsync does not know them. */
  readonly unknown: readonly string[];
}

const patterns = new Map<string, EntryPattern>();
/** Elements of an entry: all known ones, and a checksum of each algorithm. */
const MOST_ELEMENTS = 32;
/** Far more than servers have. Only a broken server could fill the memory. */
const MOST_PATTERNS = 100;

/**
 * Finds the form of the entry after `<Contents>` at `start`.
 *
 * @param broken  creates the error with the expected and the actual text
 */
export function findPattern(
  text: string,
  start: number,
  broken: (expected: string, got: string | undefined) => Error,
): EntryPattern {
  const order: string[] = [];
  for (let at = start; ; ) {
    NAME.lastIndex = at;
    const name = NAME.exec(text)?.[1];
    if (name === '/Contents') break;
    const pattern = ELEMENTS.get(name ?? '');
    if (!name || !pattern) {
      const leaf = findUnknownLeaf(text, at);
      if (!leaf) throw broken('an entry whose elements can be read', name ? `<${name}>` : text.slice(at, at + 40));
      if (order.length >= MOST_ELEMENTS) throw broken(`at most ${MOST_ELEMENTS} elements in an entry`, 'more');
      order.push(leaf.shape);
      at = leaf.end;
      continue;
    }
    pattern.lastIndex = at;
    if (!pattern.test(text)) throw broken(`a <${name}> as S3 writes it`, text.slice(at, at + 80));
    // an object can have checksums of several algorithms; the first one counts
    if (order.includes(name) && name !== 'ChecksumAlgorithm') throw broken(`one <${name}> in an entry`, 'another');
    if (order.length >= MOST_ELEMENTS) throw broken(`at most ${MOST_ELEMENTS} elements in an entry`, 'more');
    order.push(name);
    at = pattern.lastIndex;
  }
  for (const name of ['Key', 'LastModified', 'ETag', 'Size']) {
    if (!order.includes(name)) throw broken(`${name} in an entry`, text.slice(start, start + 80));
  }
  return patternOf(order);
}

function patternOf(order: readonly string[]): EntryPattern {
  const id = order.join();
  let pattern = patterns.get(id);
  if (!pattern) {
    const found = order.flatMap((name) => (Object.hasOwn(GROUPS, name) ? GROUPS[name as keyof typeof READ] : []));
    const number = (group: Group) => (found.includes(group) ? found.indexOf(group) : found.length) + 1;
    pattern = {
      // a last group that is never set, for values that these entries do not have
      regExp: new RegExp(`${SPACE}<Contents>${order.map(element).join('')}${SPACE}</Contents>(?:|())`, 'y'),
      groups: Object.fromEntries(
        Object.values(GROUPS)
          .flat()
          .map((group) => [group, number(group)]),
      ) as EntryPattern['groups'],
      hasStorageClass: order.includes('StorageClass'),
      unknown: order.filter((name) => !ELEMENTS.has(name)),
    };
    if (patterns.size >= MOST_PATTERNS) patterns.clear();
    patterns.set(id, pattern);
  }
  return pattern;
}

function element(name: string): string {
  if (!Object.hasOwn(CONTENT, name)) return unknownPattern(name);
  const filled = `<${name}>${CONTENT[name]}</${name}>`;
  if (!Object.hasOwn(MAY_BE_EMPTY, name)) return `${SPACE}${filled}`;
  return `${SPACE}(?:${filled}|<${name}(?: */>|></${name}>)${MAY_BE_EMPTY[name]})`;
}

/** None, one or both of two elements, in any order. Two patterns must not match the same space, or matching takes too long. */
function upToBoth(a: string, b: string): string {
  const [spacedA, spacedB] = [SPACE + a, SPACE + b];
  return `(?:${spacedA}(?:${spacedB})?|${spacedB}(?:${spacedA})?)?${SPACE}`;
}
