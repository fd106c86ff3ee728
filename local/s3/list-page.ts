import { type BucketIndex, type ByteKey, endOfPrefix, fromByteKey, type KeyRecord } from './ordered-index';

export interface PageRequest {
  readonly prefix: ByteKey;
  readonly delimiter: ByteKey;
  readonly after: ByteKey;
  readonly maxKeys: number;
}

export interface Page {
  readonly records: KeyRecord[];
  readonly commonPrefixes: string[];
  /** Where the next page goes on; undefined at the end. */
  readonly next: ByteKey | undefined;
}

/**
 * One page of the keys that start with `prefix`, in byte order; those that have the delimiter after it count once, as a common prefix.
 *
 * @param shown  which records are listed: lists of objects leave out those behind a delete marker
 */
export function listPage(index: BucketIndex, request: PageRequest, shown: (record: KeyRecord) => boolean): Page {
  const { prefix, delimiter, maxKeys } = request;
  const records: KeyRecord[] = [];
  const commonPrefixes: string[] = [];
  let after = request.after;
  let rest: Iterator<KeyRecord> = seek(index, prefix, after);
  for (;;) {
    const { value: record, done } = rest.next();
    if (done || !record.byteKey.startsWith(prefix)) {
      return { records, commonPrefixes, next: undefined };
    }
    if (!shown(record)) {
      continue;
    }
    if (records.length + commonPrefixes.length === maxKeys) {
      return { records, commonPrefixes, next: maxKeys === 0 ? undefined : after };
    }
    const cut = delimiter === '' ? -1 : record.byteKey.indexOf(delimiter, prefix.length);
    if (cut === -1) {
      records.push(record);
      after = record.byteKey;
    } else {
      const common = record.byteKey.slice(0, cut + delimiter.length);
      commonPrefixes.push(fromByteKey(common));
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
  if (record && record.byteKey === first) {
    yield record;
  }
  yield* index.after(first);
}
