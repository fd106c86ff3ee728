import type { Command } from 'commander';
import { addInputOptions } from './input-options';

export const EXIT_CODES = '\nExit codes: 0 done, 1 the run failed, 2 bad input or usage.';

/** What is mirrored, and how: the same for a run here and for one in AWS. */
export function addRequestArguments(command: Command, fixed: { readonly dryRun?: true } = {}): Command {
  command
    .usage('s3://source[/folder] s3://destination[/folder] [options]')
    .argument('[source]', 'bucket that is read, or a folder of it; never written to')
    .argument('[destination]', 'bucket, or folder of it, that is made equal')
    .addHelpText('after', EXIT_CODES)
    .optionsGroup('What to mirror, and how:');
  addInputOptions(command, fixed.dryRun ? ['dryRun'] : []);
  return command.option(
    '--input <file>',
    'JSON file with the execution input, - for standard input; options win over it',
  );
}
