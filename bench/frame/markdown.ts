import type { BenchDocument } from './document';
import type { AnySuite, Table, Verdict } from './suite';

/** What a suite's part of docs/performance.md shows of a saved document. */
export function documentToMarkdown(suite: AnySuite, document: BenchDocument<object>): string {
  const { command, machine, versions } = document;
  return [
    `Measured by \`${command}\` on ${machine.cores} cores (${machine.cpu}), ${machine.memoryGiB} GiB, Node.js ${versions.node}.`,
    ...suite.tables(document).map(tableToMarkdown),
    verdictsToMarkdown(suite.judge(document)),
  ]
    .filter(Boolean)
    .join('\n\n');
}

function tableToMarkdown({ title, headings, rows, labels }: Table): string {
  const escaped = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  const alignment = headings.map((_, column) => (column < labels ? '---' : '---:'));
  return [`**${title}**`, '', escaped(headings), escaped(alignment), ...rows.map(escaped)].join('\n');
}

function verdictsToMarkdown(verdicts: readonly Verdict[]): string {
  return verdicts
    .map(({ claim, holds, measured }) => `- ${holds ? 'holds' : '**MISSED**'}: ${claim} (${measured})`)
    .join('\n');
}
