import type { KeptVersion, VersionMarker, VersionsPage } from '../../engine/ports/bucket-versions';
import { archiveState } from './archive-state';
import { type BrokenPage, brokenPageOf, decode, decodeKeyText, short } from './broken-page';
import { unquote } from './etag';
import { isEcho } from './list-echo';
import { decodeBody, isTooLong, LONGEST_KEY_BYTES, PRINTABLE, rootOf } from './page-text';
import { parseTimestamp, TIMESTAMP } from './timestamp';
import { decodeListedKey, decodeXmlText } from './xml-text';

const ROOT = rootOf('ListVersionsResult');
const END = '</ListVersionsResult>';
const OPENING = /<(Version|DeleteMarker)>/g;
const TIME = new RegExp(`^${TIMESTAMP}$`);

/** Enough for the latest version of S3's ids; AWS's have 32 characters. */
const LONGEST_ID = 1024;

/** What a page was asked for, with keys as they are in the bucket. */
export interface AskedVersions {
  readonly prefix?: string | undefined;
  readonly keyMarker?: string | undefined;
}

/**
 * Reads S3's answer to ListObjectVersions with `EncodingType=url`. The SDK's own parser tells versions and delete markers apart, and
 * with that loses their order: two of the same second could not be put in order again.
 *
 * @param prefix  of the side
 * @throws ListingError  it is no complete page of the versions below `prefix`, or not the page that was asked for
 */
export function readVersionsPage(
  body: Uint8Array,
  bucket: string,
  prefix: string,
  asked: AskedVersions = {},
): VersionsPage {
  const broken = brokenPageOf(bucket);
  const text = decodeBody(body)?.trimEnd() ?? '';
  const root = ROOT.exec(text);
  if (!root || !text.endsWith(END)) throw broken('a whole ListVersionsResult', text.slice(0, 80) || undefined);
  const { entries, facts } = divide(text.slice(root[0].length, -END.length), broken);
  requireAsked(facts, bucket, asked, broken);
  const page = new EntryReader(prefix, leaf('EncodingType', facts) === 'url', broken);
  const versions = entries.map(({ kind, content }) => page.toVersion(content, kind === 'DeleteMarker'));
  const isTruncated = leaf('IsTruncated', facts);
  if (isTruncated !== 'true' && isTruncated !== 'false') throw broken('IsTruncated', isTruncated);
  return { versions, ...(isTruncated === 'true' && { next: page.readNext(facts) }) };
}

interface Entry {
  readonly kind: string;
  readonly content: string;
}

/** Tells entries and what a page says about itself apart, in one pass. */
function divide(text: string, broken: BrokenPage): { readonly entries: readonly Entry[]; readonly facts: string } {
  const entries: Entry[] = [];
  const facts: string[] = [];
  let at = 0;
  OPENING.lastIndex = 0;
  for (let opening = OPENING.exec(text); opening; opening = OPENING.exec(text)) {
    const [tag, kind = ''] = opening;
    const closing = `</${kind}>`;
    const end = text.indexOf(closing, OPENING.lastIndex);
    if (end < 0) throw broken(`the end of a ${kind}`, text.slice(opening.index, opening.index + 80));
    facts.push(text.slice(at, opening.index));
    entries.push({ kind, content: text.slice(opening.index + tag.length, end) });
    at = end + closing.length;
    OPENING.lastIndex = at;
  }
  return { entries, facts: facts.join('') + text.slice(at) };
}

/** A proxy may answer with another page. Only what the server repeats of the request shows this. */
function requireAsked(facts: string, bucket: string, { prefix, keyMarker }: AskedVersions, broken: BrokenPage): void {
  const name = leaf('Name', facts) ?? bucket;
  // an access point answers with the name of its bucket
  if (name !== bucket && !bucket.endsWith('-s3alias')) throw broken(`the Name ${bucket}`, name);
  for (const [element, value] of [
    ['Prefix', prefix],
    ['KeyMarker', keyMarker],
  ] as const) {
    const echo = decodeXmlText(leaf(element, facts) ?? '');
    if (value === undefined || !echo) continue;
    if (!isEcho(echo, value)) throw broken(`the ${element} ${JSON.stringify(value)}`, echo);
  }
}

class EntryReader {
  constructor(
    private readonly prefix: string,
    private readonly isEncoded: boolean,
    private readonly broken: BrokenPage,
  ) {}

  toVersion(entry: string, isMarker: boolean): KeptVersion {
    const known = {
      key: this.#relative(this.#readKey(this.#need('Key', entry))),
      versionId: this.#readId(entry, 'VersionId'),
      lastModified: this.#readTime('LastModified', this.#need('LastModified', entry)),
    };
    if (isMarker) return { ...known, deleteMarker: true };
    const storageClass = this.#readWord('StorageClass', entry) || 'STANDARD';
    const [algorithm, type] = [this.#readWord('ChecksumAlgorithm', entry), leaf('ChecksumType', entry)];
    return {
      ...known,
      sizeBytes: this.#readSize(this.#need('Size', entry)),
      eTag: this.#readETag(this.#need('ETag', entry)),
      storageClass,
      ...archiveState(storageClass, this.#readRestore(entry)),
      ...(algorithm && (type === 'FULL_OBJECT' || type === 'COMPOSITE') && { checksum: { algorithm, type } }),
    };
  }

  readNext(facts: string): VersionMarker {
    const key = this.#relative(this.#readKey(this.#need('NextKeyMarker', facts)));
    return leaf('NextVersionIdMarker', facts)
      ? { key, versionId: this.#readId(facts, 'NextVersionIdMarker') }
      : { key };
  }

  #need(name: string, text: string): string {
    const value = leaf(name, text);
    if (value === undefined) throw this.broken(`an entry with ${name}`, text.slice(0, 80));
    return value;
  }

  #readKey(text: string): string {
    const plain = decodeKeyText(text, this.broken);
    const key = this.isEncoded ? decodeListedKey(plain) : plain;
    if (key === undefined) throw this.broken('a URL-encoded key', text);
    return key;
  }

  #relative(key: string): string {
    if (isTooLong(key)) throw this.broken(`a key of at most ${LONGEST_KEY_BYTES} bytes`, key);
    if (!key.startsWith(this.prefix)) throw this.broken(`a key below "${this.prefix}"`, key);
    return key.slice(this.prefix.length);
  }

  /** It goes into URLs and reports. */
  #readId(text: string, name: string): string {
    const id = decode(this.#need(name, text), this.broken);
    if (!/^[!-~]+$/.test(id) || id.length > LONGEST_ID) throw this.broken(`a ${name} of printable ASCII`, id);
    return id;
  }

  /** It goes into headers, reports and terminals. */
  #readETag(text: string): string {
    const eTag = unquote(decode(text, this.broken));
    if (!PRINTABLE.test(eTag)) throw this.broken('an ETag of printable ASCII', eTag);
    return short('ETag', eTag, this.broken);
  }

  #readWord(name: 'StorageClass' | 'ChecksumAlgorithm', entry: string): string | undefined {
    const word = leaf(name, entry);
    if (word === undefined) return undefined;
    if (!/^[\w-]*$/.test(word)) throw this.broken(`a ${name} that is a word`, word);
    return short(name, word, this.broken);
  }

  #readTime(name: string, text: string): number {
    const time = TIME.test(text) ? parseTimestamp(text) : Number.NaN;
    if (Number.isNaN(time)) throw this.broken(`a ${name} that exists`, text);
    return time;
  }

  #readSize(text: string): number {
    if (!/^\d{1,15}$/.test(text)) throw this.broken('a Size in bytes', text);
    return Number(text);
  }

  #readRestore(entry: string) {
    const isOngoing = leaf('IsRestoreInProgress', entry) === 'true';
    const expires = leaf('RestoreExpiryDate', entry);
    if (expires !== undefined) this.#readTime('RestoreExpiryDate', expires);
    return { isOngoing, isRestored: !isOngoing && expires !== undefined };
  }
}

/** The text of the first element of this name. */
function leaf(name: string, text: string): string | undefined {
  return new RegExp(`<${name}>([^<]*)</${name}>`).exec(text)?.[1];
}
