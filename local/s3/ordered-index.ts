import BTree from 'sorted-btree';
import type { ObjectVersion } from './object-version';

/**
 * A key's UTF-8 bytes, one character per byte (`latin1`). Comparing two of them with `<` is comparing bytes, which is S3's
 * order; and
 * it can also express positions that are not keys, such as the end of a prefix.
 */
export type ByteKey = string;

/** The position after everything below `prefix`: UTF-8 has no byte 0xff. */
export function endOfPrefix(prefix: ByteKey): ByteKey {
  return `${prefix}\xff`;
}

export function toByteKey(key: string): ByteKey {
  return Buffer.from(key, 'utf8').toString('latin1');
}

export function fromByteKey(key: ByteKey): string {
  return Buffer.from(key, 'latin1').toString('utf8');
}

/** A key with its versions, the current one first. Outside versioned buckets there is just one. */
export interface KeyRecord {
  readonly key: string;
  readonly byteKey: ByteKey;
  versions: ObjectVersion[];
}

/** The keys of a bucket. A computed implementation can replace `OrderedIndex`. */
export interface BucketIndex {
  readonly size: number;
  get(key: string): KeyRecord | undefined;
  set(record: KeyRecord): void;
  delete(key: string): void;
  /** Records whose key is greater than `after`, in byte order; the first is found without walking there. */
  after(after: ByteKey): Iterable<KeyRecord>;
}

export class OrderedIndex implements BucketIndex {
  readonly #tree = new BTree<ByteKey, KeyRecord>(undefined, (a, b) => (a < b ? -1 : a > b ? 1 : 0));

  get size(): number {
    return this.#tree.size;
  }

  get(key: string): KeyRecord | undefined {
    return this.#tree.get(toByteKey(key));
  }

  set(record: KeyRecord): void {
    this.#tree.set(record.byteKey, record);
  }

  delete(key: string): void {
    this.#tree.delete(toByteKey(key));
  }

  *after(after: ByteKey): Iterable<KeyRecord> {
    for (const [byteKey, record] of this.#tree.entries(after)) {
      if (byteKey !== after) yield record;
    }
  }
}
