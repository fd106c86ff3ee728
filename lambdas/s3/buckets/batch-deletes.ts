import { CONFLICTS } from '../errors/conflicts';

/** Characters that XML 1.0 cannot represent, even escaped. With one of them, DeleteObjects rejects the whole batch. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the ones
const NOT_IN_XML = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/;

/** A key that DeleteObjects does not accept, or that the SDK does not read correctly in the answer (only white space). */
export function isOdd(key: string): boolean {
  return NOT_IN_XML.test(key) || key.trim() === '';
}

/** Codes of keys that S3 did not delete, but may delete on another attempt. */
export const PASSING_FAULTS: ReadonlySet<string> = new Set([
  'InternalError',
  'SlowDown',
  'ServiceUnavailable',
  ...CONFLICTS,
]);
