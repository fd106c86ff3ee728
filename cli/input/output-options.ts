import { type Command, Option } from 'commander';

/** How the command shows what it does. */
export function addOutputOptions(command: Command): Command {
  return command
    .optionsGroup('Output:')
    .addOption(
      new Option('--progress <kind>', 'how stderr shows what is happening')
        .choices(['auto', 'live', 'lines', 'json', 'none'])
        .default('auto'),
    )
    .option('-q, --quiet', 'print nothing but errors')
    .option('-v, --verbose', 'print each action as it happens, and what each phase counted')
    .addOption(
      new Option(
        '--json-lines',
        'print events as they happen, each a line of JSON; the last one has the result',
      ).conflicts('json'),
    );
}
