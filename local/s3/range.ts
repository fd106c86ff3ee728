/** Bytes from `start` to `end` (exclusive). */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/**
 * Reads a Range header.
 *
 * | header            | of 10 bytes      |
 * | ----------------- | ---------------- |
 * | `bytes=2-4`       | 2 to 5           |
 * | `bytes=2-`        | 2 to 10          |
 * | `bytes=-3`        | 7 to 10          |
 * | `bytes=2-99`      | 2 to 10          |
 * | `bytes=10-`       | `unsatisfiable`  |
 * | anything else     | undefined: all   |
 */
export function httpRange(header: string | undefined, length: number): ByteRange | 'unsatisfiable' | undefined {
  const found = header?.match(/^bytes=(\d*)-(\d*)$/);
  const [, first = '', last = ''] = found ?? [];
  if (first === '' && last === '') return undefined;
  if (first !== '' && last !== '' && Number(last) < Number(first)) return undefined;
  const start = first === '' ? Math.max(0, length - Number(last)) : Number(first);
  const end = first === '' || last === '' ? length : Math.min(length, Number(last) + 1);
  return start < end ? { start, end } : 'unsatisfiable';
}
