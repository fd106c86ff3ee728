/**
 * Text that others have chosen, such as a key, as it can be shown: what a terminal would take for a command, or for a
 * change of the direction in which it writes, becomes its code, such as `\u009b`.
 */
export function printable(text: string): string {
  return text.replace(/(?!\n)\p{Cc}|\p{Bidi_Control}/gu, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}
