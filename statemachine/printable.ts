/** Between two emoji this joiner makes one of them. */
const EMOJI_JOINER = String.raw`(?<=[\p{Extended_Pictographic}\p{Emoji_Modifier}\ufe0f])\u200d(?=\p{Extended_Pictographic})`;
/** What a terminal or a browser obeys instead of showing it: commands, directions, ends of lines, and what has no width. */
const OBEYED = String.raw`(?!\n)\p{Cc}|\p{Bidi_Control}|[\p{Zl}\p{Zp}\p{Cs}]|(?![\ufe0e\ufe0f])\p{Default_Ignorable_Code_Point}|[\ufff9-\ufffb]`;
const NOT_PRINTABLE = new RegExp(`(?!${EMOJI_JOINER})(?:${OBEYED})`, 'gu');

/**
 * Text that others have chosen, such as a key, as it can be shown: what a terminal or a browser would take for a command,
 * for a change of the direction in which it writes, or for nothing at all, becomes its code, such as `\u009b`.
 */
export function printable(text: string): string {
  return text.replace(NOT_PRINTABLE, toCodes);
}

/** The same for text that has to stay within its line. */
export function printableLine(text: string): string {
  return printable(text).replaceAll('\n', '\\u000a');
}

/** JSON that can be shown. It is read as the same value: in a JSON string, a character may be given by its code. */
export function printableJson(value: unknown, indent?: number): string {
  return printable(JSON.stringify(value, undefined, indent));
}

function toCodes(character: string): string {
  return Array.from({ length: character.length }, (_, unit) => {
    return `\\u${character.charCodeAt(unit).toString(16).padStart(4, '0')}`;
  }).join('');
}
