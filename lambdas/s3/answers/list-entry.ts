import type { ChecksumKind, ListedObject } from '../../engine/ports/bucket-reader';
import { archiveState } from './archive-state';
import { type BrokenPage, decode, decodeKeyText, short } from './broken-page';
import type { EntryPattern } from './entry-pattern';
import { unquote } from './etag';
import { isTooLong, LONGEST_KEY_BYTES, PRINTABLE } from './page-text';
import { parseTimestamp } from './timestamp';
import { decodeListedKey } from './xml-text';

const IN_PROGRESS = '<IsRestoreInProgress>true<';

/** A character that every URL encoding encodes, or a `%` that does not encode anything. */
const NEVER_IN_URL = /[^!-~]|["<>\\^`{|}]|%(?![0-9A-Fa-f]{2})/;

/** What is known about keys without an EncodingType. */
export interface PlainKeys {
  /** One of them is certainly not URL-encoded. */
  readonly isSure: boolean;
  /** The first key that could also be the encoding of another key. */
  readonly doubtful: string | undefined;
}

/** Turns the entries of a list page into objects with relative keys. */
export class EntryReader {
  #checksum: ChecksumKind | undefined;
  #isSure = false;
  #doubtful: string | undefined;

  constructor(
    private readonly prefix: string,
    private readonly isPlain: boolean,
    private readonly broken: BrokenPage,
  ) {}

  get plain(): PlainKeys {
    return { isSure: this.#isSure, doubtful: this.#doubtful };
  }

  /** @throws ListingError  a value is none that S3 could send */
  toObject(match: RegExpExecArray, { groups, hasStorageClass }: EntryPattern): ListedObject {
    const lastModified = parseTimestamp(match[groups.lastModified] as string);
    if (Number.isNaN(lastModified)) throw this.broken('a LastModified that exists', match[groups.lastModified]);
    const storageClass = short('StorageClass', match[groups.storageClass] ?? 'STANDARD', this.broken);
    const eTag = match[groups.plainETag] ?? this.#decodeETag(match[groups.escapedETag] as string);
    const algorithm = match[groups.checksumAlgorithm];
    const checksumType = match[groups.checksumType];
    const status = match[groups.restoreStatus];
    const isOngoing = status?.includes(IN_PROGRESS) ?? false;
    const { archived, restoring } = archiveState(storageClass, { isOngoing, isRestored: this.#isRestored(status) });
    return {
      key: this.#relative(this.#readKey(match[groups.plainKey], match[groups.encodedKey])),
      sizeBytes: Number(match[groups.size]),
      eTag: short('ETag', eTag, this.broken),
      lastModified,
      storageClass,
      isClassUnlisted: !hasStorageClass || match[groups.emptyClass] !== undefined || undefined,
      archived,
      restoring,
      checksum: algorithm && checksumType ? this.#checksumOf(algorithm, checksumType) : undefined,
    };
  }

  #relative(key: string): string {
    if (isTooLong(key)) throw this.broken(`a key of at most ${LONGEST_KEY_BYTES} bytes`, key);
    if (this.prefix === '') return key;
    if (!key.startsWith(this.prefix)) throw this.broken(`a key below "${this.prefix}"`, key);
    return key.slice(this.prefix.length);
  }

  #readKey(simple: string | undefined, encoded: string | undefined): string {
    if (this.isPlain) return this.#readPlainKey(simple ?? (encoded as string));
    return simple ?? this.#decodeKey(encoded as string);
  }

  /** U+FFFD replaces a character that XML cannot represent, so the real key is unknown. */
  #readPlainKey(text: string): string {
    const key = decodeKeyText(text, this.broken);
    if (key.includes('\ufffd')) throw this.broken('keys that XML can hold, as they are not URL-encoded', key);
    if (NEVER_IN_URL.test(key)) this.#isSure = true;
    else if (/[%+]/.test(key)) this.#doubtful ??= key.slice(this.prefix.length);
    return key;
  }

  #decodeKey(text: string): string {
    const key = decodeListedKey(decode(text, this.broken));
    if (key === undefined) throw this.broken('a URL-encoded key', text);
    return key;
  }

  /** An ETag is used in headers, reports and terminals. */
  #decodeETag(text: string): string {
    const eTag = unquote(decode(text, this.broken));
    if (PRINTABLE.test(eTag)) return eTag;
    throw this.broken('an ETag of printable ASCII', eTag);
  }

  /** The elements of a restore status come in any order. Its date must exist, whatever the storage class. */
  #isRestored(status: string | undefined): boolean {
    if (status === undefined) return false;
    const expires = /<RestoreExpiryDate>([^<]+)/.exec(status)?.[1];
    if (expires === undefined) return false;
    if (Number.isNaN(parseTimestamp(expires))) throw this.broken('a RestoreExpiryDate that exists', expires);
    return !status.includes(IN_PROGRESS);
  }

  /** One shared value for all entries that have the same kind of checksum. */
  #checksumOf(algorithm: string, type: string): ChecksumKind {
    if (this.#checksum?.algorithm !== algorithm || this.#checksum.type !== type) {
      this.#checksum = {
        algorithm: short('ChecksumAlgorithm', algorithm, this.broken),
        type: short('ChecksumType', type, this.broken) as ChecksumKind['type'],
      };
    }
    return this.#checksum;
  }
}
