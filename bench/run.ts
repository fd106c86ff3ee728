import { Command } from 'commander';
import { renderTable } from '../cli/output/table';
import { type BenchDocument, circumstances } from './frame/document';
import { readSaved, save, writePage } from './frame/performance-page';
import type { AnySuite, Verdict } from './frame/suite';
import { SUITES } from './suites';

interface OutputOptions {
  readonly json?: boolean;
  readonly save?: boolean;
}

function addSuite(program: Command, suite: AnySuite): void {
  const command = program.command(suite.name).summary(suite.summary).description(suite.summary);
  suite
    .addOptions(command)
    .optionsGroup('Output:')
    .option('--json', 'print the results as one JSON document, and nothing else')
    .option('--save', 'keep the results in docs/performance/ and put them into docs/performance.md')
    .action(async (options: OutputOptions) => {
      const results = await suite.measure(options, (line) => process.stderr.write(`${line}\n`));
      const verdicts = suite.judge(results);
      const document = { ...circumstances(suite.name), ...results };
      if (options.save) keep(suite, document);
      process.stdout.write(
        options.json ? `${JSON.stringify({ ...document, verdicts }, null, 2)}\n` : show(suite, results, verdicts),
      );
      if (verdicts.some(({ holds }) => !holds)) process.exitCode = 1;
    });
}

function keep(suite: AnySuite, document: BenchDocument<object>): void {
  const saved = readSaved(suite.name);
  save({ ...document, ...(saved && suite.merge?.(saved, document)) });
  writePage(SUITES);
}

function show(suite: AnySuite, results: object, verdicts: readonly Verdict[]): string {
  const tables = suite
    .tables(results)
    .map(({ title, headings, rows, labels }) => `${title}\n${renderTable(process.stdout, headings, rows, labels)}\n`);
  const lines = verdicts.map(
    ({ claim, holds, measured }) => `${holds ? 'holds ' : 'MISSED'}  ${claim} (${measured})\n`,
  );
  return `\n${tables.join('\n')}\n${lines.join('')}`;
}

async function main(): Promise<void> {
  // So that temporary folders are removed.
  process.once('SIGINT', () => process.exit(130)).once('SIGTERM', () => process.exit(143));
  const program = new Command('bench').description('Measures bucketsync on this machine, without AWS.');
  for (const suite of SUITES) addSuite(program, suite);
  program
    .command('page')
    .summary('put the saved results into docs/performance.md')
    .action(() => writePage(SUITES));
  await program.parseAsync();
}

void main();
