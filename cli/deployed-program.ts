import { type Command, Option } from 'commander';
import { PARTITION_NAMES } from '../statemachine/partition';
import { addOutputOptions } from './input/output-options';
import { addRequestArguments, EXIT_CODES } from './input/request-arguments';

/** Without a stack of that name, the only one that the CDK app has deployed. */
export const STACK =
  'CloudFormation stack with the state machine (default: BucketSync, otherwise the only one of bucketsync)';
const RUN_ARGUMENT =
  'id of a run, or its beginning, or ARN of its execution (default, or `latest`: the active run, otherwise the newest)';

type Finish = (exitCode: number) => void;

/** The commands for a deployed state machine. Each is imported only when it is used, because the SDK is slow to load. */
export function addDeployedCommands(program: Command, finish: Finish): void {
  addStart(program, finish);
  addWatch(program, finish);
  addStop(program, finish);
  addPolicy(program, finish);
}

function addStart(program: Command, finish: Finish): void {
  const start = addRequestArguments(program.command('start'))
    .summary('start the deployed state machine')
    .usage('[s3://source[/folder] s3://destination[/folder]] [options]')
    .description(
      'Starts the deployed mirror in AWS. Buckets, folders and options narrow it: a sub-folder, more excludes, fewer deletes. ' +
        'Fields that you do not set have their deployed values, not the defaults shown here.',
    )
    .option('--watch', 'follow the run to its end; Ctrl-C stops watching, not the run')
    .action(async (source, destination, _options, command) =>
      finish(await (await import('./commands/start')).startCommand(command, { source, destination })),
    );
  addOutputOptions(
    addDeployedOptions(start, 'print only one JSON document: the started run, or with --watch the summary'),
  );
}

function addWatch(program: Command, finish: Finish): void {
  const watch = program
    .command('watch')
    .summary('follow a run in AWS')
    .description('Follows a run in AWS to its end and prints its summary. Ctrl-C stops watching, not the run.')
    .argument('[run]', RUN_ARGUMENT)
    .addHelpText('after', EXIT_CODES)
    .action(async (run, options) => finish(await (await import('./commands/watch')).watchCommand(run, options)));
  addOutputOptions(addDeployedOptions(watch, 'print only the summary, as one JSON document'));
}

function addStop(program: Command, finish: Finish): void {
  const stop = program
    .command('stop')
    .summary('stop a run in AWS')
    .description('Stops a run in AWS. Completed work is kept. To continue, start the same run again.')
    .argument('[run]', RUN_ARGUMENT)
    .option('--cause <text>', 'the reason, shown in the execution')
    .action(async (run, options) => finish(await (await import('./commands/stop')).stopCommand(run, options)));
  addDeployedOptions(stop, 'print only the stopped run, as one JSON document');
}

function addPolicy(program: Command, finish: Finish): void {
  program
    .command('policy')
    .summary('print what other accounts must allow')
    .description(
      'Prints the policies for buckets and keys that belong to other accounts than the one in which bucketsync is deployed.',
    )
    .argument('<source>', 's3://bucket or s3://bucket/folder')
    .argument('<destination>', 's3://bucket or s3://bucket/folder')
    .requiredOption('--source-account <id>', 'account that owns the source')
    .requiredOption('--destination-account <id>', 'account that owns the destination')
    .option('--account <id>', 'account in which bucketsync is deployed (default: the account of the destination)')
    .option('--stack <name>', 'CloudFormation stack of bucketsync; the names of its roles begin with it', 'BucketSync')
    .option('--source-key <arn>', 'KMS key that encrypts the source')
    .option('--destination-key <arn>', 'KMS key that encrypts the destination')
    .addOption(new Option('--partition <name>', 'partition of AWS').choices(PARTITION_NAMES).default('aws'))
    .option('--undoable', 'allow runs to be undone, for `undoable=true`')
    .option('--restores', 'allow restoring archived objects of the source, for `archived=restore`')
    .option('--acls', 'the destination uses ACLs: allow setting them, for roles deployed with `acls=true`')
    .option('--json', 'print only the policies, as one JSON document')
    .action(async (source, destination, options) =>
      finish(await (await import('./commands/policy')).policyCommand(source, destination, options)),
    );
}

export function addDeployedOptions(command: Command, json: string): Command {
  return command
    .optionsGroup('Where it is deployed:')
    .option('--stack <name>', STACK)
    .option('--state-machine <arn>', 'the state machine, if the stack has several')
    .option('--endpoint-url <url>', 'endpoint of all services, if it is not AWS (default: AWS_ENDPOINT_URL)')
    .option('--profile <name>', 'profile of the AWS configuration (default: AWS_PROFILE)')
    .option('--region <name>', 'region (default: AWS_REGION)')
    .optionsGroup('Output:')
    .option('--json', json);
}
