import type { ListingError } from '../../../statemachine/errors';
import type { ListedObject, ObjectPage } from '../../engine/ports/bucket-reader';
import { type BrokenPage, brokenPageOf } from './broken-page';
import { type EntryPattern, findPattern } from './entry-pattern';
import { EntryReader, type PlainKeys } from './list-entry';
import { PageFacts, type PageStart } from './page-facts';
import { decodeBody, rootOf } from './page-text';
import { findUnknownLeaf, MOST_UNKNOWN } from './unknown-leaf';
import { SPACE } from './xml-space';

const ROOT = rootOf('ListBucketResult');
const ENTRY = new RegExp(`${SPACE}<Contents>`, 'y');
const END = new RegExp(`${SPACE}</ListBucketResult>${SPACE}$`, 'y');

/** Marks a page with URL-encoded keys. No key contains `<` itself. */
const ENCODED = /<EncodingType>[ \t\r\n]*[^<\s]/;

/** Forms to try for each entry. A server has two or three. If there are more, the latest are kept. */
const MOST_PATTERNS = 8;

export interface ListPage extends ObjectPage {
  readonly plain?: PlainKeys;
}

/**
 * Reads S3's answer to ListObjectsV2 with `EncodingType=url` into a page of relative keys.
 *
 * The SDK's own parser takes at least ten times as long, which would be most of the time of a run without changes. This parser
 * reads only list pages. It skips an unknown element that has only text. Anything else in the document is an error.
 *
 * A page that begins too far ahead looks like any other page, and bucketsync would take the skipped keys for absent. Only the
 * request fields that the server repeats show this, so they are compared with `asked`.
 *
 * @param body  the whole answer
 * @throws ListingError  the page is not a valid listing of `prefix`, so it must not be compared
 */
export function readListPage(body: Uint8Array, bucket: string, prefix: string, asked?: PageStart): ListPage {
  const broken = brokenPageOf(bucket);
  const text = decodeBody(body) ?? '';
  if (text === '') throw broken('UTF-8 text', body.length === 0 ? undefined : 'other bytes');
  const isPlain = asked?.mayBePlain === true && !ENCODED.test(text);
  const entries = new EntryReader(prefix, isPlain, broken);
  const { objects, facts } = new PageScanner(text, entries, broken).scan();
  facts.require({ bucket, prefix, isPlain });
  const page = { objects, next: facts.readNext(objects.length) };
  if (asked) facts.requireAnswerTo(asked);
  return isPlain ? { ...page, plain: entries.plain } : page;
}

/** Goes through a page from its first element to its last. Each must be an entry, a fact, or a leaf that is not known. */
class PageScanner {
  #at = 0;
  readonly #facts: PageFacts;
  readonly #objects: ListedObject[] = [];
  /** Forms of this page's entries. The last one is the most likely. */
  #patterns: readonly EntryPattern[] = [];
  readonly #unknown = new Set<string>();

  constructor(
    private readonly text: string,
    private readonly entries: EntryReader,
    private readonly broken: BrokenPage,
  ) {
    this.#facts = new PageFacts(broken);
  }

  scan(): { readonly objects: ListedObject[]; readonly facts: PageFacts } {
    const root = ROOT.exec(this.text);
    if (!root) throw this.#unexpected('a ListBucketResult');
    this.#at = root[0].length;
    for (;;) {
      const object = this.#readEntry();
      if (object) this.#objects.push(object);
      else if (this.#skip(END)) return { objects: this.#objects, facts: this.#facts };
      else if (!this.#learnEntry()) this.#readFact();
    }
  }

  /** @returns undefined if the next element has none of the known forms */
  #readEntry(): ListedObject | undefined {
    const patterns = this.#patterns;
    for (let index = 0; index < patterns.length; index++) {
      const pattern = patterns[index] as EntryPattern;
      const match = this.#match(pattern);
      if (match) return this.entries.toObject(match, pattern);
    }
    return undefined;
  }

  /** @returns whether the next element is an entry with a new form */
  #learnEntry(): boolean {
    ENTRY.lastIndex = this.#at;
    if (!ENTRY.test(this.text)) return false;
    const pattern = findPattern(this.text, ENTRY.lastIndex, this.broken);
    if (this.#patterns.includes(pattern)) throw this.#unexpected('an entry');
    this.#addUnknown(pattern.unknown);
    this.#patterns = [pattern, ...this.#patterns].slice(0, MOST_PATTERNS);
    return true;
  }

  #readFact(): void {
    const end = this.#facts.readAt(this.text, this.#at) ?? this.#endOfUnknown();
    if (end === undefined) throw this.#unexpected('an element of a list page, once');
    this.#at = end;
  }

  /** AWS may add elements to its lists at any time. @returns where the next element ends, if it can be skipped */
  #endOfUnknown(): number | undefined {
    const leaf = findUnknownLeaf(this.text, this.#at);
    if (leaf) this.#addUnknown([leaf.shape]);
    return leaf?.end;
  }

  #addUnknown(names: readonly string[]): void {
    for (const name of names) this.#unknown.add(name);
    if (this.#unknown.size > MOST_UNKNOWN) {
      throw this.broken(`at most ${MOST_UNKNOWN} kinds of unknown elements`, [...this.#unknown].join(' '));
    }
  }

  #match({ regExp }: EntryPattern): RegExpExecArray | null {
    regExp.lastIndex = this.#at;
    const match = regExp.exec(this.text);
    if (match) this.#at = regExp.lastIndex;
    return match;
  }

  #skip(pattern: RegExp): boolean {
    pattern.lastIndex = this.#at;
    if (!pattern.test(this.text)) return false;
    this.#at = pattern.lastIndex;
    return true;
  }

  #unexpected(expected: string): ListingError {
    return this.broken(expected, this.text.slice(this.#at, this.#at + 80) || 'the end');
  }
}
