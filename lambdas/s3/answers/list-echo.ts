import { decodeListedKey } from './xml-text';

/** Characters that XML loses, or that servers encode differently. */
const FRAGILE = /[\p{Cc}\ufffe\uffff\u{10000}-\u{10ffff}]|^\s|\s$/u;

/** Encoded once too often. */
const MOST_ENCODINGS = 2;

/**
 * Whether the text that a server repeats means `asked`: unchanged, or URL-encoded in any way. In doubt, it does.
 */
export function isEcho(echoed: string, asked: string): boolean {
  if (FRAGILE.test(asked)) return true;
  let text: string | undefined = echoed;
  for (let encodings = 0; text !== undefined && encodings <= MOST_ENCODINGS; encodings++) {
    if (plusAsSpace(text) === plusAsSpace(asked)) return true;
    text = decodeListedKey(text);
  }
  return false;
}

/** Some servers encode a space as `+`; others send `+` for itself. */
function plusAsSpace(text: string): string {
  return text.replaceAll('+', ' ');
}
