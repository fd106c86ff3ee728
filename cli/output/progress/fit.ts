import { stripVTControlCharacters } from 'node:util';

/** Codes of colours, and characters. */
const PIECES = new RegExp(`(${String.fromCharCode(0x1b)}\\[\\d{1,2}m)|.`, 'gsu');

/** The line, cut where it would reach the last column, so that no terminal wraps it. */
export function fit(line: string, columns: number): string {
  if (!(columns > 1) || widthOf(stripVTControlCharacters(line)) < columns) return line;
  let width = 1;
  let fitting = '';
  for (const [piece, code] of line.matchAll(PIECES)) {
    if (code === undefined) width += widthOf(piece);
    if (code !== undefined || width < columns) fitting += piece;
    else if (!fitting.includes('…')) fitting += '…';
  }
  return fitting;
}

/** How many lines of a terminal a text takes that was drawn on a wider one. */
export function linesOf(text: string, columns: number): number {
  const lines = stripVTControlCharacters(text).split('\n');
  return lines.reduce((sum, line) => sum + Math.max(1, Math.ceil(widthOf(line) / columns)), 0);
}

/** Beyond these, characters may take two columns. */
const FIRST_WIDE = 0x1100;
const WIDE =
  /[\p{Script=Han}\p{Script=Hangul}\p{Script=Hiragana}\p{Script=Katakana}\p{Extended_Pictographic}\uff00-\uff60]/u;

function widthOf(text: string): number {
  let width = 0;
  for (const character of text) {
    const isWide = (character.codePointAt(0) ?? 0) >= FIRST_WIDE && WIDE.test(character);
    width += isWide ? 2 : 1;
  }
  return width;
}
