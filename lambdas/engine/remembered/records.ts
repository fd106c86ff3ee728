import { createHash } from 'node:crypto';

/** Bytes of a fingerprint: enough that two things never have the same one. */
export const FINGERPRINT_BYTES = 16;

/** Names something by all that makes it what it is. If any of it changes, the fingerprint is another one. */
export function fingerprintOf(facts: readonly string[], key: string): Buffer {
  const text = [...facts.map(({ length }) => length), ...facts, key].join(' ');
  return createHash('sha256').update(text).digest().subarray(0, FINGERPRINT_BYTES);
}

/** @param body  sorted records of `bytes` bytes, each of which begins with a fingerprint @returns where the record begins */
export function findRecord(body: Buffer, wanted: Buffer, bytes: number): number | undefined {
  let [low, high] = [0, Math.floor(body.length / bytes)];
  while (low < high) {
    const middle = (low + high) >>> 1;
    const at = middle * bytes;
    const order = wanted.compare(body, at, at + FINGERPRINT_BYTES);
    if (order === 0) return at;
    if (order < 0) high = middle;
    else low = middle + 1;
  }
  return undefined;
}
