const REFERENCE = /&(?:#x([0-9a-fA-F]{1,6})|#(\d{1,7})|(amp|lt|gt|quot|apos));|&/g;
const NAMED: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/**
 * Decodes the text between two tags.
 *
 * @returns undefined if XML parsers read it differently: unknown entities, carriage returns, only white space
 */
export function decodeXmlText(text: string): string | undefined {
  if (text.includes('\r') || (text !== '' && text.trim() === '')) return undefined;
  if (!text.includes('&')) return text;
  let known = true;
  const decoded = text.replace(REFERENCE, (_, hex?: string, decimal?: string, name?: string) => {
    const code = hex ? Number.parseInt(hex, 16) : decimal ? Number.parseInt(decimal, 10) : Number.NaN;
    const character = name === undefined ? toCharacter(code) : NAMED[name];
    known &&= character !== undefined;
    return character ?? '';
  });
  return known ? decoded : undefined;
}

/** Half of a surrogate pair is not a character, and UTF-8 cannot represent it. */
function toCharacter(code: number): string | undefined {
  const exists = code <= 0x10ffff && (code < 0xd800 || code > 0xdfff);
  return exists ? String.fromCodePoint(code) : undefined;
}

/** Decodes a key of a list page, in which a space is `+`. @returns undefined if it is not URL-encoded */
export function decodeListedKey(encoded: string): string | undefined {
  try {
    return decodeURIComponent(encoded.replaceAll('+', ' '));
  } catch {
    return undefined;
  }
}
