import { styleText } from 'node:util';
import Table from 'cli-table3';

const NO_LINES = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '',
};

/**
 * A table without lines: headings dimmed, numbers to the right.
 *
 * @param stream  the output stream, which decides whether there are colours
 * @param labels  number of columns at the left that have words
 */
export function renderTable(
  stream: NodeJS.WriteStream,
  headings: readonly string[],
  rows: readonly (readonly string[])[],
  labels = 1,
): string {
  const table = new Table({
    head: headings.map((heading) => styleText('dim', heading, { stream })),
    chars: NO_LINES,
    style: { head: [], border: [], 'padding-left': 2, 'padding-right': 0 },
    colAligns: headings.map((_, column) => (column < labels ? 'left' : 'right')),
  });
  table.push(...rows.map((row) => [...row]));
  return table.toString();
}
