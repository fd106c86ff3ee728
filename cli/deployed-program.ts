import { type Command, InvalidArgumentError, Option } from 'commander';
import { PARTITION_NAMES } from '../statemachine/partition';
import { addRequestArguments, EXIT_CODES } from './input/request-arguments';

const RUN_ARGUMENT = 'id of a run, or ARN of its execution (default: the one that runs, else the newest)';
const MAX_LIMIT = 1000;

/** The commands that work with a state machine that was deployed. Each is imported when it is used: the SDK takes time. */
export function addDeployedCommands(program: Command, finish: (exitCode: number) => void): void {
  const start = addRequestArguments(program.command('start'))
    .summary('start the deployed state machine')
    .usage('[s3://source[/folder] s3://destination[/folder]] [options]')
    .description(
      'Starts what is deployed, in AWS. Buckets, folders and options narrow it: a sub-folder, more excludes, fewer deletes. ' +
        'What they leave open is as deployed, whatever default is shown here.',
    )
    .option('--watch', 'follow the run to its end; Ctrl-C ends the watching, not the run')
    .action(async (source, destination, _options, command) =>
      finish(await (await import('./commands/start')).startCommand(command, { source, destination })),
    );
  addDeployedOptions(start, 'print what was started, with --watch the summary, as one JSON document, and nothing else');

  const watch = program
    .command('watch')
    .summary('follow a run in AWS')
    .description('Follows a run in AWS to its end and prints its summary. Ctrl-C ends the watching, not the run.')
    .argument('[run]', RUN_ARGUMENT)
    .addHelpText('after', EXIT_CODES)
    .action(async (run, options) => finish(await (await import('./commands/watch')).watchCommand(run, options)));
  addDeployedOptions(watch, 'print the summary as one JSON document, and nothing else');

  const stop = program
    .command('stop')
    .summary('stop a run in AWS')
    .description('Stops a run in AWS. What is done stays done; starting the same again goes on.')
    .argument('[run]', RUN_ARGUMENT)
    .option('--cause <text>', 'why, for those who look at the execution later')
    .action(async (run, options) => finish(await (await import('./commands/stop')).stopCommand(run, options)));
  addDeployedOptions(stop, 'print what was stopped as one JSON document, and nothing else');

  const history = program
    .command('history')
    .summary('list the runs in AWS')
    .description('Lists the newest runs of the deployed state machine.')
    .addOption(new Option('--limit <number>', 'how many').argParser(readLimit).default(20))
    .action(async (options) => finish(await (await import('./commands/history')).historyCommand(options)));
  addDeployedOptions(history, 'print the runs as one JSON document, and nothing else');

  program
    .command('policy')
    .summary('print what other accounts have to allow')
    .description('Prints the policies of buckets and keys in other accounts than the one bucketsync is deployed in.')
    .argument('<source>', 's3://bucket or s3://bucket/folder')
    .argument('<destination>', 's3://bucket or s3://bucket/folder')
    .requiredOption('--source-account <id>', 'account that owns the source')
    .requiredOption('--destination-account <id>', 'account that owns the destination')
    .option('--account <id>', 'account that bucketsync is deployed in (default: that of the destination)')
    .option(
      '--stack <name>',
      'CloudFormation stack of bucketsync, which the names of its roles begin with',
      'BucketSync',
    )
    .option('--source-key <arn>', 'KMS key that encrypts the source')
    .option('--destination-key <arn>', 'KMS key that encrypts the destination')
    .addOption(new Option('--partition <name>', 'partition of AWS').choices(PARTITION_NAMES).default('aws'))
    .option('--restores', 'allow to restore what is archived at the source, as `archived=restore` does')
    .option('--acls', 'the destination uses ACLs: allow to set them, as roles deployed with `acls=true` do')
    .option('--json', 'print them as one JSON document, and nothing else')
    .action(async (source, destination, options) =>
      finish(await (await import('./commands/policy')).policyCommand(source, destination, options)),
    );
}

function addDeployedOptions(command: Command, json: string): Command {
  return command
    .optionsGroup('Where it is deployed:')
    .option('--stack <name>', 'CloudFormation stack that holds the state machine', 'BucketSync')
    .option('--state-machine <arn>', 'the state machine itself, where the stack holds several')
    .option('--endpoint-url <url>', 'endpoint of all services, if it is not AWS (default: AWS_ENDPOINT_URL)')
    .option('--profile <name>', 'profile of the AWS configuration (default: AWS_PROFILE)')
    .option('--region <name>', 'region (default: AWS_REGION)')
    .optionsGroup('Output:')
    .option('--json', json);
}

function readLimit(text: string): number {
  const limit = Number(text);
  if (Number.isInteger(limit) && limit >= 1 && limit <= MAX_LIMIT) return limit;
  throw new InvalidArgumentError(`Expected a number from 1 to ${MAX_LIMIT}.`);
}
