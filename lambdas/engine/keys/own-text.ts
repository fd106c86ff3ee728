/**
 * A copy of a text that keeps nothing else in memory. The engine cuts a key out of its list page without copying it, so whoever keeps
 * the key keeps the text of the whole page: about 350 KB.
 */
export function ownText(text: string): string {
  return Buffer.from(text).toString();
}
