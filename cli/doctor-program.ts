import { type Command, Option } from 'commander';
import { addConnectionOptions, addElsewhereOptions, addSideOptions } from './connection-options';
import { exitCodes } from './help/exit-codes';

/** `bucketsync doctor` and its options. */
export function addDoctorCommand(program: Command, finish: (exitCode: number) => void): void {
  const doctor = program
    .command('doctor')
    .summary('find out what is wrong, and how to repair it')
    .description(
      'Checks a deployed mirror, or two buckets before a run. Prints a line for each check: ok, a warning or a failure, with the ' +
        'command that repairs it. It only reads. It also says what it could not check.',
    )
    .usage('[stack | s3://source[/folder] s3://destination[/folder]] [options]')
    .argument('[stackOrSource]', 'CloudFormation stack of bucketsync (default: as for `start`), or bucket to read')
    .argument('[destination]', 'bucket that is made equal to the source');
  addElsewhereOptions(addSideOptions(addConnectionOptions(doctor), ['source', 'destination']), 'If it is deployed:')
    .optionsGroup('Rarely needed:')
    .option('--source-owner <id>', 'account that must own the source')
    .option('--destination-owner <id>', 'account that must own the destination')
    .addOption(
      new Option('--request-payer <choice>', 'agree to pay for requests, if it is a Requester Pays bucket').choices([
        'requester',
      ]),
    )
    .option('--invalidate <distribution>', 'CloudFront distribution that serves the destination')
    .option('--invalidate-origin-path <folder>', 'its origin path, such as /site')
    .addHelpText('after', exitCodes('0 no failure, though there may be warnings, 1 a failure, 2 bad input or usage'))
    .action(async (first, second, options) =>
      finish(await (await import('./commands/doctor')).doctorCommand({ first, second }, options)),
    );
}
