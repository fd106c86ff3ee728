import type { Command, Help } from 'commander';
import { buildProgram } from '../cli/program';

/** Every command with its arguments and options, as `--help` has them. */
export function makeCommandsPage(): string {
  const program = buildProgram(() => {});
  const help = program.createHelp();
  const commands = help.visibleCommands(program).filter((command) => command.name() !== 'help');
  const rows = commands.map((command) => [`[\`${command.name()}\`](#${command.name()})`, command.summary()]);
  return [
    '# Commands and options',
    'Made from the program itself: `bucketsync <command> --help` says the same.',
    table(['command', 'does'], rows),
    ...commands.map((command) => sectionOf(command, help)),
    '',
  ].join('\n\n');
}

function sectionOf(command: Command, help: Help): string {
  const parts = [
    `## ${command.name()}`,
    help.commandDescription(command),
    `\`\`\`text\n${help.commandUsage(command)}\n\`\`\``,
  ];
  const args = help.visibleArguments(command);
  if (args.length > 0)
    parts.push(
      table(
        ['argument', 'meaning'],
        args.map((arg) => [code(arg.name()), help.argumentDescription(arg)]),
      ),
    );
  const groups = help.groupItems([...command.options], help.visibleOptions(command), (option) => {
    return option.helpGroupHeading ?? 'Options:';
  });
  for (const [heading, options] of groups) {
    if (options.length === 0) continue;
    const rows = options.map((option) => [code(help.optionTerm(option)), help.optionDescription(option)]);
    parts.push(`### ${heading.replace(/:$/, '')} of ${command.name()}`, table(['option', 'meaning'], rows));
  }
  return parts.join('\n\n');
}

export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map(escaped).join(' | ')} |`;
  return [line(head), `|${' --- |'.repeat(head.length)}`, ...rows.map(line)].join('\n');
}

function code(text: string): string {
  return `\`${text}\``;
}

/** In a table of Markdown that Vue reads. */
function escaped(cell: string): string {
  const outside = (text: string) => text.replaceAll('<', '&lt;').replaceAll('{{', '&#123;&#123;');
  return cell
    .replaceAll('|', '\\|')
    .replaceAll('\n', ' ')
    .split(/(`[^`]*`)/)
    .map((part, index) => (index % 2 === 0 ? outside(part) : part))
    .join('');
}
