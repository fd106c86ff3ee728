import { Help } from 'commander';
import { withOwnName } from './own-name';

/** Narrower terminals get longer lines than they have room for. */
const NARROWEST = 40;

/**
 * Breaks lines at spaces. A terminal would break them anywhere.
 *
 * @param indent  how far later lines of a paragraph are moved to the right
 */
export function wrap(text: string, { isTTY, columns }: NodeJS.WriteStream, indent = 0): string {
  if (!isTTY || !(columns > 0)) return text;
  const width = Math.max(columns, NARROWEST) - indent;
  const [first = '', ...rest] = new Help().boxWrap(withOwnName(text), width).split('\n');
  return [first, ...rest.map((line) => `${' '.repeat(line === '' ? 0 : indent)}${line}`)].join('\n');
}
