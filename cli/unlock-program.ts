import { type Command, Option } from 'commander';
import { exitCodes } from './help/exit-codes';

/** @param command  with the options that say where the destination is */
export function addUnlockCommand(command: Command, finish: (exitCode: number) => void): void {
  command
    .summary('remove the lock of a run that has ended')
    .description(
      'Shows which run holds the lock of a destination, and removes the lock if that run has ended. A run in AWS keeps its records in ' +
        "the stack's report bucket: add it with --report-location.",
    )
    .usage('s3://destination[/folder] [options]')
    .argument('<destination>', 'bucket to which a run writes, or a folder of it')
    .addOption(
      new Option('--request-payer <choice>', 'agree to pay for requests, if it is a Requester Pays bucket').choices([
        'requester',
      ]),
    )
    .option(
      '--force',
      'remove it even if the run may be active; stop that run first, or two runs will write at the same time',
    )
    .addHelpText('after', exitCodes('0 there is no lock now, 1 the lock is still there, 2 bad input or usage'))
    .action(async (destination, options) =>
      finish(await (await import('./commands/unlock')).unlockCommand(destination, options)),
    );
}
