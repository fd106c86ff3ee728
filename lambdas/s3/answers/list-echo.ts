import { decodeListedKey } from './xml-text';

/** What gets lost on the way through XML, or is not encoded alike by all servers. */
const FRAGILE = /[\p{Cc}\ufffe\uffff\u{10000}-\u{10ffff}]|^\s|\s$/u;

/** Encoded once more than it should be. */
const MOST_ENCODINGS = 2;

/**
 * Whether a server means `asked` by what it repeats of a request: as it was, or URL-encoded in whatever way. In doubt,
 * it does.
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

/** `+` is a space to some, and itself to others. */
function plusAsSpace(text: string): string {
  return text.replaceAll('+', ' ');
}
