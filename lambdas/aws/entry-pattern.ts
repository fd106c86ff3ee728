import { TIMESTAMP } from './timestamp';

/** White space between elements. */
export const SPACE = '[ \\t\\r\\n]*';
const NAME = /[ \t\r\n]*<(\/?[\w:.-]*)/y;
const WORD = '([\\w-]+)';

/** What an entry of a list page holds that a mirror goes by, each with one group: the value as it stands there. */
const READ = {
  Key: '([^<]+)',
  LastModified: `(${TIMESTAMP})`,
  ETag: '([^<]*)',
  Size: '(\\d{1,15})',
  StorageClass: WORD,
  ChecksumAlgorithm: WORD,
  ChecksumType: WORD,
  RestoreStatus: `(${upToBoth(
    '<IsRestoreInProgress>(?:true|false)</IsRestoreInProgress>',
    `<RestoreExpiryDate>${TIMESTAMP}</RestoreExpiryDate>`,
  )})`,
};

/** What it does not go by: the owner, and what Ceph and Google add. */
const IGNORED = {
  Owner: upToBoth('(?:<ID */>|<ID>[^<]*</ID>)', '(?:<DisplayName */>|<DisplayName>[^<]*</DisplayName>)'),
  Type: '[^<]*',
  Generation: '[^<]*',
  MetaGeneration: '[^<]*',
};

const CONTENT: Readonly<Record<string, string>> = { ...READ, ...IGNORED };
const ELEMENTS = new Map(Object.keys(CONTENT).map((name) => [name, new RegExp(element(name), 'y')]));

/** How a server writes those entries that have the same elements in the same order. */
export interface EntryPattern {
  /** Sticky: matches a whole entry behind `<Contents>`, its end included. */
  readonly regExp: RegExp;
  /** The number of the group that holds a value; 0 where these entries do not have it. */
  readonly groups: Readonly<Record<keyof typeof READ, number>>;
}

const patterns = new Map<string, EntryPattern>();
/** Far more than servers have; only a broken one could fill the memory. */
const MOST_PATTERNS = 100;

/**
 * Finds out how the entry behind `<Contents>` at `start` is written.
 *
 * @param broken  makes the error that says what was expected and what is there instead
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
    if (!name || !pattern)
      throw broken('an entry whose elements are known', name ? `<${name}>` : text.slice(at, at + 40));
    pattern.lastIndex = at;
    if (!pattern.test(text)) throw broken(`a <${name}> as S3 writes it`, text.slice(at, at + 80));
    // An object can have checksums of several algorithms; the first one is taken.
    if (order.includes(name) && name !== 'ChecksumAlgorithm') throw broken(`one <${name}> in an entry`, 'another');
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
    const read = order.filter((name) => name in READ);
    pattern = {
      regExp: new RegExp(`${order.map(element).join('')}${SPACE}</Contents>`, 'y'),
      groups: Object.fromEntries(Object.keys(READ).map((name) => [name, read.indexOf(name) + 1])),
    } as EntryPattern;
    if (patterns.size >= MOST_PATTERNS) patterns.clear();
    patterns.set(id, pattern);
  }
  return pattern;
}

function element(name: string): string {
  return `${SPACE}<${name}>${CONTENT[name]}</${name}>`;
}

/** None, one or both of two elements, in any order. */
function upToBoth(a: string, b: string): string {
  return `${SPACE}(?:${a}${SPACE}(?:${b})?|${b}${SPACE}(?:${a})?)?${SPACE}`;
}
