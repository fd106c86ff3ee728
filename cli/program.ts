import { Command, Option } from 'commander';
import { version } from '../package.json';
import { runCommand } from './commands/run';
import { addDeployedCommands } from './deployed-program';
import { addRequestArguments, EXIT_CODES } from './input/request-arguments';
import { print, printNote } from './output/output';
import { addProveCommand } from './prove-program';

/** @param finish  is told the exit code of the command that ran */
export function buildProgram(finish: (exitCode: number) => void): Command {
  const program = new Command('bucketsync')
    .description('Mirrors one S3 bucket into another with AWS Step Functions and Lambda, or right here.')
    .version(version)
    .helpCommand(false)
    .exitOverride()
    .configureOutput({ writeOut: print, writeErr: printNote })
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

  addSideOptions(addConnectionOptions(program.command('retry')), ['source', 'destination'])
    .summary('do what failed in a run')
    .description(
      'Copies and deletes only what failed in a run, by the same rules: a run from here by its id, a run in AWS by the ARN of ' +
        'its execution, which starts another one there.',
    )
    .argument('<run>', 'id of a run, or ARN of its execution')
    .addHelpText('after', EXIT_CODES)
    .action(async (run, options) => finish(await (await import('./commands/retry')).retryCommand(run, options)));

  addConnectionOptions(program.command('report'))
    .summary('show what a run has done')
    .description(
      'Shows the summary of a run and what failed in it: of a run from here by its id, of a run in AWS by the ARN of its execution.',
    )
    .argument('<run>', 'id of a run, or ARN of its execution')
    .addOption(
      new Option(
        '--lines <which>',
        "print the report's own lines, a JSON document each, and nothing else: what was done (of a dry run: would be), what a plan found, what verify found to differ, or what failed",
      ).choices(['actions', 'plan', 'differences', 'failures']),
    )
    .addHelpText(
      'after',
      '\nExit codes: 0 shown, however the run has ended, 1 it cannot be read, 2 bad input or usage.',
    )
    .action(async (run, options) => finish(await (await import('./commands/report')).reportCommand(run, options)));

  addSideOptions(addConnectionOptions(program.command('unlock')), ['destination'])
    .summary('remove the lock of a run that has ended')
    .description(
      'Shows which run holds the lock of a destination, and removes it if that run has ended. A lock of a run in AWS is in ' +
        "the stack's report bucket: name it with --report-location.",
    )
    .usage('s3://destination[/folder] [options]')
    .argument('<destination>', 'bucket, or folder of it, that a run writes to')
    .addOption(
      new Option('--request-payer <choice>', 'accept that the requester pays, if the bucket asks for it').choices([
        'requester',
      ]),
    )
    .option('--force', 'remove it also where the run may still go on: stop that first, or two will write at once')
    .addHelpText('after', '\nExit codes: 0 there is no lock now, 1 the lock is still there, 2 bad input or usage.')
    .action(async (destination, options) =>
      finish(await (await import('./commands/unlock')).unlockCommand(destination, options)),
    );

  addDeployedCommands(program, finish);
  addProveCommand(program, finish);

  program
    .command('demo')
    .summary('see it work, without an account')
    .description(
      'Fills an S3 in memory with a staging and a production bucket, mirrors one into the other, and checks.',
    )
    .option('--json', 'print both summaries as one JSON document, and nothing else')
    .action(async ({ json }) => finish(await (await import('./commands/demo')).demoCommand({ json: json === true })));

  return program;
}

function addRunOptions(command: Command, fixed: { readonly dryRun?: true } = {}): Command {
  return addSideOptions(addConnectionOptions(addRequestArguments(command, fixed)), ['source', 'destination']);
}

/** Those of one side win over those of both. */
function addSideOptions(command: Command, sides: readonly ('source' | 'destination')[]): Command {
  command.optionsGroup(sides.length > 1 ? 'If the two sides are in different places:' : 'Where it is:');
  for (const side of sides) {
    command
      .option(`--${side}-profile <name>`, `profile for the ${side} alone`)
      .option(`--${side}-endpoint-url <url>`, `S3 endpoint of the ${side} alone; "aws" is AWS itself`)
      .option(`--${side}-region <name>`, `region of the ${side} alone`)
      .option(`--${side}-addressing-style <style>`, `where requests of the ${side} alone name the bucket`);
  }
  return command;
}

function addConnectionOptions(command: Command): Command {
  return command
    .optionsGroup('Where it runs:')
    .option('--endpoint-url <url>', 'S3 endpoint, if it is not AWS (default: AWS_ENDPOINT_URL_S3)')
    .option(
      '--addressing-style <style>',
      'where requests name the bucket: path, virtual (in the host) or auto (default: s3.addressing_style of the profile, else auto)',
    )
    .option('--profile <name>', 'profile of the AWS configuration (default: AWS_PROFILE)')
    .option('--region <name>', 'region (default: AWS_REGION)')
    .option('--report-location <place>', 'folder or s3://bucket for reports (default: ~/.bucketsync)')
    .optionsGroup('Output:')
    .option('--json', 'print the outcome as one JSON document, and nothing else');
}
