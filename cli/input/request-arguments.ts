import type { Command } from 'commander';
import { exitCodes } from '../help/exit-codes';
import { addInputOptions, type InputField } from './input-options';

export const STOP_CODES = '130 stopped by Ctrl-C, 143 stopped by SIGTERM';

export const EXIT_CODES = exitCodes(`0 done, 1 the run failed, 2 bad input or usage, ${STOP_CODES}`);

/** What to mirror, and how. The same for a local run and for a run in AWS. */
export function addRequestArguments(
  command: Command,
  fixed: { readonly dryRun?: true } = {},
  exitCodes = EXIT_CODES,
): Command {
  command
    .usage('s3://source[/folder] s3://destination[/folder] [options]')
    .argument('[source]', 'bucket to read, or a folder of it; the run never writes to it')
    .argument('[destination]', 'bucket to make equal to the source, or a folder of it')
    .addHelpText('after', exitCodes)
    .optionsGroup('What to mirror, and how:');
  const isSet: readonly InputField[] = fixed.dryRun ? ['dryRun', 'plan', 'apply'] : [];
  addInputOptions(command, (field) => !isSet.includes(field));
  return command.option(
    '--input <file>',
    'JSON file with the execution input, - for standard input; options override it',
  );
}

export const RUN_ARGUMENT = 'id of a run, or its beginning, or `latest`, or ARN of its execution';
