/** This joiner combines two emoji into one. */
const EMOJI_JOINER = String.raw`(?<=[\p{Extended_Pictographic}\p{Emoji_Modifier}\ufe0f])\u200d(?=\p{Extended_Pictographic})`;
/** Characters that a terminal or a browser does not show: commands, direction marks, line ends, and characters without width. */
const OBEYED = String.raw`(?!\n)\p{Cc}|\p{Bidi_Control}|[\p{Zl}\p{Zp}\p{Cs}]|(?![\ufe0e\ufe0f])\p{Default_Ignorable_Code_Point}|[\ufff9-\ufffb]`;
const NOT_PRINTABLE = new RegExp(`(?!${EMOJI_JOINER})(?:${OBEYED})`, 'gu');

/**
 * Makes text from others, such as a key, safe to show. Characters become codes, such as `\u009b`, if a terminal or a browser
 * would execute them, change its writing direction, or show nothing.
 */
export function printable(text: string): string {
  return text.replace(NOT_PRINTABLE, toCodes);
}

/** The same for text that must stay on one line. */
export function printableLine(text: string): string {
  return printable(text).replaceAll('\n', '\\u000a');
}

/** JSON that is safe to show. It has the same value, because a JSON string may contain a character as its code. */
export function printableJson(value: unknown, indent?: number): string {
  return printable(JSON.stringify(value, undefined, indent));
}

function toCodes(character: string): string {
  return Array.from({ length: character.length }, (_, unit) => {
    return `\\u${character.charCodeAt(unit).toString(16).padStart(4, '0')}`;
  }).join('');
}
