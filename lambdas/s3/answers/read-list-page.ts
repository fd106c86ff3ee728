import { isAscii, isUtf8 } from 'node:buffer';
import { ListingError } from '../../../statemachine/errors';
import { formatS3Url } from '../../../wording/s3-url';
import type { ChecksumKind, ListedObject, ObjectPage } from '../../engine/ports/bucket-reader';
import { archiveState } from './archive-state';
import { type EntryPattern, findPattern } from './entry-pattern';
import { isEcho } from './list-echo';
import { parseTimestamp } from './timestamp';
import { findUnknownLeaf, MOST_UNKNOWN } from './unknown-leaf';
import { ATTRIBUTE, SPACE } from './xml-space';
import { decodeListedKey, decodeXmlText } from './xml-text';

const ROOT = new RegExp(
  `^(?:${SPACE}<\\?xml(?:${ATTRIBUTE})*${SPACE}\\?>)?${SPACE}<ListBucketResult(?:${ATTRIBUTE})*${SPACE}>`,
);
/** The elements of a list page that describe the page itself. */
const FACT = new RegExp(
  `${SPACE}<(Name|Prefix|KeyCount|EncodingType|IsTruncated|NextContinuationToken|MaxKeys|Delimiter|StartAfter|ContinuationToken)` +
    `(?:${SPACE}/>|>([^<]*)</\\1>)`,
  'y',
);
const ENTRY = new RegExp(`${SPACE}<Contents>`, 'y');
const IN_PROGRESS = '<IsRestoreInProgress>true<';
const END = new RegExp(`${SPACE}</ListBucketResult>${SPACE}$`, 'y');

/** Forms to try for each entry. A server has two or three. If there are more, the latest are kept. */
const MOST_PATTERNS = 8;

/** S3's limit for keys. */
const LONGEST_KEY_BYTES = 1024;
/** Limits for values in the state of an execution, far above those of any server. */
const LONGEST = {
  ETag: 256,
  StorageClass: 64,
  ChecksumAlgorithm: 64,
  ChecksumType: 64,
  NextContinuationToken: 8192,
} as const;

const PRINTABLE = /^[ -~]*$/;
const BLANKS = /^[ \t]+$/;

/** Marks a page with URL-encoded keys. No key contains `<` itself. */
const ENCODED = /<EncodingType>[ \t\r\n]*[^<\s]/;
/** A character that every URL encoding encodes, or a `%` that does not encode anything. */
const NEVER_IN_URL = /[^!-~]|["<>\\^`{|}]|%(?![0-9A-Fa-f]{2})/;

/** Enough characters to see the fault. */
const SHOWN_CHARACTERS = 200;

/** Where the requested page begins: at its token, after a key of the bucket, or with the first key. */
export interface PageStart {
  readonly startAfter?: string | undefined;
  readonly continuation?: string | undefined;
  /** The server is not AWS, so it may leave keys unencoded, with an empty or missing EncodingType. */
  readonly mayBePlain?: boolean;
}

/** What is known about keys without an EncodingType. */
export interface PlainKeys {
  /** One of them is certainly not URL-encoded. */
  readonly isSure: boolean;
  /** The first key that could also be the encoding of another key. */
  readonly doubtful: string | undefined;
}

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
  const reader = new ListPageReader(body, bucket, prefix, asked?.mayBePlain);
  const page = reader.read();
  if (asked) reader.requireAnswerTo(asked);
  return page;
}

class ListPageReader {
  readonly #text: string;
  #at = 0;
  readonly #facts = new Map<string, string>();
  readonly #objects: ListedObject[] = [];
  /** Forms of this page's entries. The last one is the most likely. */
  #patterns: readonly EntryPattern[] = [];
  #checksum: ChecksumKind | undefined;
  readonly #unknown = new Set<string>();
  readonly #isPlain: boolean;
  #isSure = false;
  #doubtful: string | undefined;

  constructor(
    body: Uint8Array,
    private readonly bucket: string,
    private readonly prefix: string,
    mayBePlain = false,
  ) {
    this.#text = decodeBody(body) ?? '';
    this.#isPlain = mayBePlain && !ENCODED.test(this.#text);
    if (this.#text === '') throw this.#broken('UTF-8 text', body.length === 0 ? 'nothing' : 'other bytes');
  }

  read(): ListPage {
    const root = ROOT.exec(this.#text);
    if (!root) throw this.#unexpected('a ListBucketResult');
    this.#at = root[0].length;
    for (;;) {
      const object = this.#readEntry();
      if (object) this.#objects.push(object);
      else if (this.#skip(END)) break;
      else if (!this.#learnEntry()) this.#readFact();
    }
    const page = { objects: this.#objects, next: this.#readNext() };
    return this.#isPlain ? { ...page, plain: { isSure: this.#isSure, doubtful: this.#doubtful } } : page;
  }

  #readFact(): void {
    FACT.lastIndex = this.#at;
    const [, name, text = ''] = FACT.exec(this.#text) ?? [];
    if (name === undefined && this.#skipUnknown()) return;
    if (name === undefined || this.#facts.has(name)) throw this.#unexpected('an element of a list page, once');
    this.#facts.set(name, text);
    this.#at = FACT.lastIndex;
  }

  /** @returns whether the next element can be skipped, because AWS may add elements to its lists at any time */
  #skipUnknown(): boolean {
    const leaf = findUnknownLeaf(this.#text, this.#at);
    if (!leaf) return false;
    this.#addUnknown([leaf.shape]);
    this.#at = leaf.end;
    return true;
  }

  #addUnknown(names: readonly string[]): void {
    for (const name of names) this.#unknown.add(name);
    if (this.#unknown.size > MOST_UNKNOWN) {
      throw this.#broken(`at most ${MOST_UNKNOWN} kinds of unknown elements`, [...this.#unknown].join(' '));
    }
  }

  /** @returns undefined if the next element has none of the known forms */
  #readEntry(): ListedObject | undefined {
    const patterns = this.#patterns;
    for (let index = 0; index < patterns.length; index++) {
      const pattern = patterns[index] as EntryPattern;
      const match = this.#match(pattern);
      if (match) return this.#toObject(match, pattern);
    }
    return undefined;
  }

  /** @returns whether the next element is an entry with a new form */
  #learnEntry(): boolean {
    ENTRY.lastIndex = this.#at;
    if (!ENTRY.test(this.#text)) return false;
    const pattern = findPattern(this.#text, ENTRY.lastIndex, this.#broken);
    if (this.#patterns.includes(pattern)) throw this.#unexpected('an entry');
    this.#addUnknown(pattern.unknown);
    this.#patterns = [pattern, ...this.#patterns].slice(0, MOST_PATTERNS);
    return true;
  }

  #match({ regExp }: EntryPattern): RegExpExecArray | null {
    regExp.lastIndex = this.#at;
    const match = regExp.exec(this.#text);
    if (match) this.#at = regExp.lastIndex;
    return match;
  }

  #toObject(match: RegExpExecArray, { groups }: EntryPattern): ListedObject {
    const lastModified = parseTimestamp(match[groups.lastModified] as string);
    if (Number.isNaN(lastModified)) throw this.#broken('a LastModified that exists', match[groups.lastModified]);
    const storageClass = this.#short('StorageClass', match[groups.storageClass] ?? 'STANDARD');
    const algorithm = match[groups.checksumAlgorithm];
    const checksumType = match[groups.checksumType];
    const status = match[groups.restoreStatus];
    const isOngoing = status?.includes(IN_PROGRESS) ?? false;
    return {
      key: this.#relative(this.#readKey(match[groups.plainKey], match[groups.encodedKey])),
      sizeBytes: Number(match[groups.size]),
      eTag: this.#short('ETag', match[groups.plainETag] ?? this.#decodeETag(match[groups.escapedETag] as string)),
      lastModified,
      storageClass,
      ...archiveState(storageClass, { isOngoing, isRestored: this.#isRestored(status) }),
      checksum: algorithm && checksumType ? this.#checksumOf(algorithm, checksumType) : undefined,
    };
  }

  #short(name: keyof typeof LONGEST, value: string): string {
    if (value.length <= LONGEST[name]) return value;
    throw this.#broken(`${name} of at most ${LONGEST[name]} characters`, value);
  }

  #relative(key: string): string {
    if (isTooLong(key)) throw this.#broken(`a key of at most ${LONGEST_KEY_BYTES} bytes`, key);
    if (this.prefix === '') return key;
    if (!key.startsWith(this.prefix)) throw this.#broken(`a key below "${this.prefix}"`, key);
    return key.slice(this.prefix.length);
  }

  /** U+FFFD replaces a character that XML cannot represent, so the real key is unknown. */
  #readPlainKey(text: string): string {
    const key = this.#decodeText(text);
    if (key.includes('\ufffd')) throw this.#broken('keys that XML can hold, as they are not URL-encoded', key);
    if (NEVER_IN_URL.test(key)) this.#isSure = true;
    else if (/[%+]/.test(key)) this.#doubtful ??= key.slice(this.prefix.length);
    return key;
  }

  #readKey(simple: string | undefined, encoded: string | undefined): string {
    if (this.#isPlain) return this.#readPlainKey(simple ?? (encoded as string));
    return simple ?? this.#decodeKey(encoded as string);
  }

  #decodeKey(text: string): string {
    const key = decodeListedKey(this.#decode(text));
    if (key === undefined) throw this.#broken('a URL-encoded key', text);
    return key;
  }

  /** An ETag is used in headers, reports and terminals. */
  #decodeETag(text: string): string {
    const eTag = unquote(this.#decode(text));
    if (PRINTABLE.test(eTag)) return eTag;
    throw this.#broken('an ETag of printable ASCII', eTag);
  }

  /** The elements of a restore status come in any order. Its date must exist, whatever the storage class. */
  #isRestored(status: string | undefined): boolean {
    if (status === undefined) return false;
    const expires = /<RestoreExpiryDate>([^<]+)/.exec(status)?.[1];
    if (expires === undefined) return false;
    if (Number.isNaN(parseTimestamp(expires))) throw this.#broken('a RestoreExpiryDate that exists', expires);
    return !status.includes(IN_PROGRESS);
  }

  /** One shared value for all entries that have the same kind of checksum. */
  #checksumOf(algorithm: string, type: string): ChecksumKind {
    if (this.#checksum?.algorithm !== algorithm || this.#checksum.type !== type) {
      this.#checksum = {
        algorithm: this.#short('ChecksumAlgorithm', algorithm),
        type: this.#short('ChecksumType', type) as ChecksumKind['type'],
      };
    }
    return this.#checksum;
  }

  /** Checks the elements that describe the page. @returns where the next page begins */
  #readNext(): string | undefined {
    const { bucket, prefix } = this;
    const count = String(this.#objects.length);
    const name = this.#fact('Name') ?? bucket;
    // an access point answers with the name of its bucket
    if (name !== bucket && !bucket.endsWith('-s3alias')) throw this.#broken(`the Name ${bucket}`, name);
    const listed = this.#fact('Prefix') ?? prefix;
    if (listed !== prefix && decodeListedKey(listed) !== prefix) throw this.#broken(`the Prefix "${prefix}"`, listed);
    const encoding = this.#fact('EncodingType');
    if (this.#isPlain ? !!encoding : encoding !== 'url') throw this.#broken('the EncodingType url', encoding);
    const keyCount = this.#fact('KeyCount') ?? count;
    if (keyCount !== count) throw this.#broken(`the KeyCount ${count}, as there are keys`, keyCount);
    const truncated = this.#fact('IsTruncated');
    if (truncated === 'false') return undefined;
    const token = this.#facts.get('NextContinuationToken');
    if (truncated !== 'true') throw this.#broken('IsTruncated', truncated);
    if (!token) throw this.#broken('a NextContinuationToken', token);
    const next = this.#decodeText(token);
    return this.#short('NextContinuationToken', next);
  }

  /**
   * | asked for       | `StartAfter`                | `ContinuationToken`         |
   * | --------------- | --------------------------- | --------------------------- |
   * | a continuation  | is ignored                  | is the token, empty or none |
   * | any other start | is the key, empty or none   | likewise                    |
   */
  requireAnswerTo({ startAfter = '', continuation }: PageStart): void {
    this.#requireEcho('ContinuationToken', continuation ?? startAfter);
    if (continuation === undefined) this.#requireEcho('StartAfter', startAfter);
  }

  #requireEcho(name: string, asked: string): void {
    const text = this.#facts.get(name);
    const echoed = text && decodeXmlText(text);
    if (echoed && !isEcho(echoed, asked)) throw this.#broken(`the ${name} ${JSON.stringify(asked)}`, echoed);
  }

  #fact(name: string): string | undefined {
    const text = this.#facts.get(name);
    return text === undefined ? undefined : this.#decode(text);
  }

  #decode(text: string): string {
    const decoded = decodeXmlText(text);
    if (decoded === undefined) throw this.#broken('text that every XML reader reads in the same way', text);
    return decoded;
  }

  /** Of a key, or of a token that is one: blanks are its own, as only the layout of a page has line breaks. */
  #decodeText(text: string): string {
    return BLANKS.test(text) ? text : this.#decode(text);
  }

  #skip(pattern: RegExp): boolean {
    pattern.lastIndex = this.#at;
    if (!pattern.test(this.#text)) return false;
    this.#at = pattern.lastIndex;
    return true;
  }

  #unexpected(expected: string): ListingError {
    return this.#broken(expected, this.#text.slice(this.#at, this.#at + 80) || 'the end');
  }

  #broken = (expected: string, got: string | undefined): ListingError => {
    const shown = got === undefined ? 'nothing' : JSON.stringify(got.slice(0, SHOWN_CHARACTERS));
    return new ListingError(`Expected ${expected} in the listing of ${formatS3Url(this.bucket)}, got ${shown}`, {
      isBroken: true,
    });
  };
}

/** Almost every page is ASCII, because its keys are URL-encoded. Then each character is one byte. */
function decodeBody(body: Uint8Array): string | undefined {
  const buffer = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  if (isAscii(buffer)) return buffer.toString('latin1');
  return isUtf8(buffer) ? buffer.toString('utf8') : undefined;
}

/** A character has at most three bytes. Characters of four bytes count as two characters here. */
function isTooLong(key: string): boolean {
  return key.length * 3 > LONGEST_KEY_BYTES && Buffer.byteLength(key) > LONGEST_KEY_BYTES;
}

export function unquote(eTag: string): string {
  return eTag.replaceAll('"', '');
}
