/** The beginning of a text that is too long, never half of a character. @param most  in UTF-16 units, the mark included */
export function cut(text: string, most: number, mark = '…'): string {
  if (text.length <= most) return text;
  return `${text.slice(0, most - mark.length).replace(/[\ud800-\udbff]$/, '')}${mark}`;
}
