import type { ListedObject } from '../ports/bucket-reader';
import { FINGERPRINT_BYTES, findRecord, fingerprintOf } from '../remembered/records';

const DATE_BYTES = 6;
/** One orphan in a part, however long its key is. */
const RECORD_BYTES = FINGERPRINT_BYTES + DATE_BYTES;

/** Instead of a date: the source has the key again, so older dates of the orphan no longer hold. */
export const IS_BACK = 0;

/** An orphan is one version: if somebody writes another one under its key, that is another orphan. */
export type Orphan = Pick<ListedObject, 'key' | 'eTag' | 'lastModified'>;

/** @param key  in the place of the dates */
export function fingerprint(key: string, { eTag, lastModified }: Orphan): Buffer {
  // a HEAD shows no milliseconds
  return fingerprintOf([eTag, String(Math.floor(lastModified / 1000))], key);
}

/** @param since  milliseconds since 1970 @returns hexadecimal digits, so that records are easily sorted */
export function recordOf(orphan: Buffer, since: number): string {
  const date = Buffer.alloc(DATE_BYTES);
  date.writeUIntBE(since, 0, DATE_BYTES);
  return orphan.toString('hex') + date.toString('hex');
}

export function partOf(records: readonly string[]): Buffer {
  return Buffer.from([...records].sort().join(''), 'hex');
}

export function dateIn(part: Buffer, orphan: Buffer): number | undefined {
  const at = findRecord(part, orphan, RECORD_BYTES);
  return at === undefined ? undefined : part.readUIntBE(at + FINGERPRINT_BYTES, DATE_BYTES);
}

/** Another part, with the same orphans. @param dateOf  the new date of each */
export function withDates(part: Buffer, dateOf: (orphan: Buffer, date: number) => number): Buffer {
  const changed = Buffer.from(part);
  for (let at = 0; at + RECORD_BYTES <= part.length; at += RECORD_BYTES) {
    const orphan = part.subarray(at, at + FINGERPRINT_BYTES);
    const date = dateOf(orphan, part.readUIntBE(at + FINGERPRINT_BYTES, DATE_BYTES));
    changed.writeUIntBE(date, at + FINGERPRINT_BYTES, DATE_BYTES);
  }
  return changed;
}
