import { Command } from 'commander';
import { version } from '../package.json';
import { addDeployedCommands } from './deployed-program';
import { addRequestArguments, EXIT_CODES } from './request-arguments';
import { runCommand } from './run-command';

/** @param finish  is told the exit code of the command that ran */
export function buildProgram(finish: (exitCode: number) => void): Command {
  const program = new Command('bucketsync')
    .description('Mirrors one S3 bucket into another with AWS Step Functions and Lambda, or right here.')
    .version(version)
    .helpCommand(false)
    .exitOverride()
    .configureHelp({ showGlobalOptions: false })
    .addHelpText('after', EXIT_CODES);

  addRunOptions(program.command('run'))
    .summary('make a bucket equal to another one')
    .description('Makes the destination equal to the source, running the state machine on this machine.')
    .action(async (source, destination, _options, command) =>
      finish(await runCommand(command, { source, destination })),
    );

  addRunOptions(program.command('plan'), { dryRun: true })
    .summary('show what `run` would do')
    .description('Finds out what `run` would copy and delete, and writes nothing.')
    .action(async (source, destination, _options, command) =>
      finish(await runCommand(command, { source, destination }, { dryRun: true })),
    );

  addDeployedCommands(program, finish);

  program
    .command('demo')
    .summary('see it work, without an account')
    .description(
      'Fills an S3 in memory with a staging and a production bucket, mirrors one into the other, and checks.',
    )
    .option('--json', 'print both summaries as one JSON document, and nothing else')
    .action(async ({ json }) => finish(await (await import('./demo-command')).demoCommand({ json: json === true })));

  return program;
}

function addRunOptions(command: Command, fixed: { readonly dryRun?: true } = {}): Command {
  return addRequestArguments(command, fixed)
    .optionsGroup('Where it runs:')
    .option('--endpoint-url <url>', 'S3 endpoint, if it is not AWS (default: AWS_ENDPOINT_URL_S3)')
    .option('--profile <name>', 'profile of the AWS configuration (default: AWS_PROFILE)')
    .option('--region <name>', 'region (default: AWS_REGION)')
    .option('--report-location <place>', 'folder or s3://bucket for reports (default: ~/.bucketsync)')
    .optionsGroup('Output:')
    .option('--json', 'print the summary as one JSON document, and nothing else');
}
