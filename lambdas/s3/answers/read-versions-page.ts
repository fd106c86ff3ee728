import type { KeptVersion, VersionMarker, VersionsPage } from '../../engine/ports/bucket-versions';
import { archiveState } from './archive-state';
import { type BrokenPage, brokenPageOf, decode, decodeKeyText } from './broken-page';
import { unquote } from './etag';
import { parseTimestamp, TIMESTAMP } from './timestamp';
import { decodeListedKey } from './xml-text';

const ROOT = /^\ufeff?\s*(?:<\?xml[^<>]*\?>)?\s*<ListVersionsResult[\s>]/;
const END = /<\/ListVersionsResult>\s*$/;
const ENTRY = /<(Version|DeleteMarker)>([\s\S]*?)<\/\1>/g;
const TIME = new RegExp(`^${TIMESTAMP}$`);

/** Enough for the latest version of S3's ids; AWS's have 32 characters. */
const LONGEST_ID = 1024;

/**
 * Reads S3's answer to ListObjectVersions with `EncodingType=url`. The SDK's own parser tells versions and delete markers apart, and
 * with that loses their order: two of the same second could not be put in order again.
 *
 * @throws ListingError  it is no complete page of the versions below `prefix`
 */
export function readVersionsPage(body: Uint8Array | string, bucket: string, prefix: string): VersionsPage {
  const broken = brokenPageOf(bucket);
  const text = Buffer.from(body as Uint8Array).toString('utf8');
  if (!ROOT.test(text) || !END.test(text)) throw broken('a whole ListVersionsResult', text.slice(0, 80));
  const facts = text.replaceAll(ENTRY, '');
  const page = new EntryReader(prefix, leaf('EncodingType', facts) === 'url', broken);
  const versions = [...text.matchAll(ENTRY)].map(([, kind, entry = '']) =>
    page.toVersion(entry, kind === 'DeleteMarker'),
  );
  const isTruncated = leaf('IsTruncated', facts);
  if (isTruncated !== 'true' && isTruncated !== 'false') throw broken('IsTruncated', isTruncated);
  return { versions, ...(isTruncated === 'true' && { next: page.readNext(facts) }) };
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
      lastModified: this.#readTime(this.#need('LastModified', entry)),
    };
    if (isMarker) return { ...known, deleteMarker: true };
    const storageClass = leaf('StorageClass', entry) || 'STANDARD';
    const [algorithm, type] = [leaf('ChecksumAlgorithm', entry), leaf('ChecksumType', entry)];
    return {
      ...known,
      sizeBytes: this.#readSize(this.#need('Size', entry)),
      eTag: unquote(decode(this.#need('ETag', entry), this.broken)),
      storageClass,
      ...archiveState(storageClass, restoreOf(entry)),
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
    if (!key.startsWith(this.prefix)) throw this.broken(`a key below "${this.prefix}"`, key);
    return key.slice(this.prefix.length);
  }

  /** It goes into URLs and reports. */
  #readId(text: string, name: string): string {
    const id = decode(this.#need(name, text), this.broken);
    if (!/^[!-~]+$/.test(id) || id.length > LONGEST_ID) throw this.broken(`a ${name} of printable ASCII`, id);
    return id;
  }

  #readTime(text: string): number {
    const time = TIME.test(text) ? parseTimestamp(text) : Number.NaN;
    if (Number.isNaN(time)) throw this.broken('a LastModified that exists', text);
    return time;
  }

  #readSize(text: string): number {
    if (!/^\d{1,15}$/.test(text)) throw this.broken('a Size in bytes', text);
    return Number(text);
  }
}

function restoreOf(entry: string) {
  const isOngoing = leaf('IsRestoreInProgress', entry) === 'true';
  return { isOngoing, isRestored: !isOngoing && leaf('RestoreExpiryDate', entry) !== undefined };
}

/** The text of the first element of this name. */
function leaf(name: string, text: string): string | undefined {
  return new RegExp(`<${name}>([^<]*)</${name}>`).exec(text)?.[1];
}
