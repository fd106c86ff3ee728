import type { Command, Option } from 'commander';
import { CHOICES } from './choices';
import { nameAsTyped } from './layout';
import { VERBS } from './verbs';

const EXIT_CODES = [
  ['0', 'done; for a check: both sides are equal'],
  ['1', 'the run failed'],
  ['2', 'bad input or usage'],
  ['3', 'a check, or a plan with --exit-code, has found a difference'],
  ['130', 'stopped by Ctrl-C'],
  ['143', 'stopped by SIGTERM'],
] as const;

/** The manual page of all commands, in the macros of man(7). */
export function manPage(program: Command, version: string): string {
  const verbs = program.createHelp().visibleCommands(program);
  return [
    `.TH BUCKETSYNC 1 "" "bucketsync ${version}" "User Commands"`,
    '.SH NAME',
    'bucketsync \\- make one S3 bucket equal to another',
    '.SH SYNOPSIS',
    '.B bucketsync',
    '.I command',
    '[\\fIoptions\\fR]',
    '.SH DESCRIPTION',
    text(program.description()),
    '.SH COMMANDS',
    ...verbs.flatMap((verb) => ['.TP', `.B ${text(verb.name())}`, text(verb.summary())]),
    ...verbs.flatMap(describeVerb),
    '.SH EXIT STATUS',
    ...EXIT_CODES.flatMap(([code, meaning]) => ['.TP', `.B ${code}`, text(meaning)]),
    '.SH SEE ALSO',
    'The pages in the folder docs of the package.',
    '',
  ].join('\n');
}

function describeVerb(verb: Command): string[] {
  const help = verb.createHelp();
  return [
    `.SH ${text(`bucketsync ${verb.name()}`).toUpperCase()}`,
    text(verb.description() || verb.summary()),
    '.PP',
    `.B bucketsync ${text(`${verb.name()} ${verb.usage()}`)}`,
    ...help
      .visibleArguments(verb)
      .flatMap((argument) => ['.TP', `.I ${text(argument.name())}`, text(argument.description)]),
    ...help.visibleOptions(verb).flatMap(describeOption),
    ...(VERBS[verb.name()]?.examples ?? []).flatMap(([line, does]) => [
      '.PP',
      `${text(does)}:`,
      '.EX',
      text(`    bucketsync ${line}`),
      '.EE',
    ]),
  ];
}

function describeOption(option: Option): string[] {
  const { flags, description, argChoices = [], defaultValue } = option;
  const words = CHOICES[nameAsTyped(option)] ?? {};
  const byDefault = argChoices.length > 0 && defaultValue !== undefined ? ` (default: ${defaultValue})` : '';
  return [
    '.TP',
    `.B ${text(flags)}`,
    text(`${description}${byDefault}`),
    ...argChoices.flatMap((choice) => ['.br', text(`${choice}: ${words[choice] ?? ''}`)]),
  ];
}

/** A dash is a hyphen in roff, and a dot or a quote at the start of a line begins a macro. */
function text(plain: string): string {
  return plain.replaceAll('\\', '\\e').replaceAll('-', '\\-').replace(/^[.']/gm, '\\&$&').replaceAll('\n', '\n.br\n');
}
