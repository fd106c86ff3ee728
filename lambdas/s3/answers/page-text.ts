import { isAscii, isUtf8 } from 'node:buffer';
import { ATTRIBUTE, SPACE } from './xml-space';

/** S3's limit for keys. */
export const LONGEST_KEY_BYTES = 1024;

/** What headers, reports and terminals can carry. */
export const PRINTABLE = /^[ -~]*$/;

/** Matches the start of a document up to the end of its root's tag. */
export function rootOf(name: string): RegExp {
  return new RegExp(
    `^\ufeff?(?:${SPACE}<\\?xml(?:${ATTRIBUTE})*${SPACE}\\?>)?${SPACE}<${name}(?:${ATTRIBUTE})*${SPACE}>`,
  );
}

/** Almost every page is ASCII, because its keys are URL-encoded. Then each character is one byte. */
export function decodeBody(body: Uint8Array): string | undefined {
  const buffer = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  if (isAscii(buffer)) return buffer.toString('latin1');
  return isUtf8(buffer) ? buffer.toString('utf8') : undefined;
}

/** A character has at most three bytes. Characters of four bytes count as two characters here. */
export function isTooLong(key: string): boolean {
  return key.length * 3 > LONGEST_KEY_BYTES && Buffer.byteLength(key) > LONGEST_KEY_BYTES;
}
