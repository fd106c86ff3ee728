import { type BucketIndex, type ByteKey, endOfPrefix, fromByteKey, type KeyRecord } from './ordered-index';

export interface PageRequest {
  readonly prefix: ByteKey;
  readonly delimiter: ByteKey;
  readonly after: ByteKey;
  readonly maxKeys: number;
}

export interface Page<T> {
  readonly items: T[];
  readonly commonPrefixes: string[];
  /** Where the next page continues; undefined at the end. */
  readonly next: ByteKey | undefined;
}

/**
 * One page of the keys that start with `prefix`, in byte order. Keys that have the delimiter after the prefix count once,
 * as a common prefix.
 *
 * @param itemsOf  the items to list for a key: none if the key has only a delete marker, or all its versions
 */
export function listPage<T>(
  index: BucketIndex,
  request: PageRequest,
  itemsOf: (record: KeyRecord) => readonly T[],
): Page<T> {
  const { prefix, delimiter, maxKeys } = request;
  const page: Page<T> = { items: [], commonPrefixes: [], next: undefined };
  let { after } = request;
  let rest = seek(index, prefix, after);
  for (;;) {
    const { value: record, done } = rest.next();
    if (done || !record.byteKey.startsWith(prefix)) return page;
    const items = itemsOf(record);
    if (items.length === 0) continue;
    const room = maxKeys - page.items.length - page.commonPrefixes.length;
    if (room === 0) return { ...page, next: maxKeys === 0 ? undefined : after };
    const cut = delimiter === '' ? -1 : record.byteKey.indexOf(delimiter, prefix.length);
    if (cut === -1) {
      page.items.push(...items.slice(0, room));
      after = record.byteKey;
      if (items.length > room) return { ...page, next: after };
    } else {
      const common = record.byteKey.slice(0, cut + delimiter.length);
      page.commonPrefixes.push(fromByteKey(common));
      after = endOfPrefix(common);
      rest = seek(index, prefix, after);
    }
  }
}

/** Records after `after` that can have the prefix. */
function seek(index: BucketIndex, prefix: ByteKey, after: ByteKey): Iterator<KeyRecord> {
  return after < prefix ? startingAt(index, prefix) : index.after(after)[Symbol.iterator]();
}

/** Records from `first` on, itself included. */
function* startingAt(index: BucketIndex, first: ByteKey): Iterator<KeyRecord> {
  const record = index.get(fromByteKey(first));
  if (record?.byteKey === first) yield record;
  yield* index.after(first);
}
