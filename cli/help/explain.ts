import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import { type Command, Option } from 'commander';
import { LAYOUT, nameAsTyped } from './layout';
import { OPTION_GROUPS } from './option-groups';
import { VERBS } from './verbs';

/** The same in the repository and in the package, which has it bundled in `dist/cli`. */
const DOCS = join(__dirname, '../../docs');

/** Its `--older-than` is about reports, that of all other commands is about objects. */
const OF_REPORTS = 'prune';

/** Adds to all commands what the tables of this folder know: groups, examples, the page to read. */
export function explain(program: Command): void {
  program.configureHelp(LAYOUT).helpOption('-h, --help', 'show this help').usage('<command> [options]');
  program.addHelpText('after', () => `\n${programExamples()}\n\nHelp for a command: bucketsync help run\n${docs()}`);
  for (const command of program.commands) {
    const verb = VERBS[command.name()];
    command.configureHelp(LAYOUT).addHelpOption(new Option('-h, --help', 'show this help').helpGroup('Output:'));
    if (command.name() !== OF_REPORTS) for (const option of command.options) groupOption(option);
    if (!verb) continue;
    command.helpGroup(verb.group);
    command.addHelpText('after', () => `\n${examples(verb.examples)}\n\n${docs(verb.page)}`);
  }
}

function groupOption(option: Option): void {
  const name = nameAsTyped(option);
  const [heading] = Object.entries(OPTION_GROUPS).find(([, names]) => names.includes(name)) ?? [];
  if (heading !== undefined) option.helpGroup(heading);
}

function programExamples(): string {
  return examples(['plan', 'run'].flatMap((name) => VERBS[name]?.examples.slice(0, 1) ?? []));
}

/** In lines that begin with the program's name, so that they are printed as this user calls it. */
function examples(lines: readonly (readonly [string, string])[]): string {
  return ['Examples:', ...lines.flatMap(([line, does]) => [`  bucketsync ${line}`, `    ${does}`])].join('\n');
}

function docs(page = ''): string {
  const file = join(DOCS, page);
  return existsSync(file) ? `Documentation: ${shorter(file)}` : '';
}

function shorter(file: string): string {
  const fromHere = relative(process.cwd(), file);
  return fromHere.startsWith('..') ? file : fromHere;
}
