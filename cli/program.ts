import { type Command, Option } from 'commander';
import { version } from '../package.json';
import { addApplyCommand } from './apply-program';
import { checkCommand, planCommand } from './commands/plan';
import { runCommand } from './commands/run';
import { addConnectionOptions, addElsewhereOptions, addSideOptions } from './connection-options';
import { addDeployedCommands } from './deployed-program';
import { addDoctorCommand } from './doctor-program';
import { exitCodes } from './help/exit-codes';
import { explain } from './help/explain';
import { HelpfulCommand } from './help/helpful-command';
import { addHelpCommands } from './help-program';
import { addHoldCommands } from './hold-program';
import { addOutputOptions } from './input/output-options';
import { addRequestArguments, EXIT_CODES, RUN_ARGUMENT, STOP_CODES } from './input/request-arguments';
import { print, printNote } from './output/output';
import { ownName } from './output/own-name';
import { addProveCommand } from './prove-program';
import { addRunsCommands } from './runs-program';
import { addUndoCommand } from './undo-program';

const PLAN_CODES = exitCodes(
  `0 planned, 1 the plan failed, 2 bad input or usage, 3 with --exit-code: there is something to do, ${STOP_CODES}`,
);
const CHECK_CODES = exitCodes(`0 equal, 1 the check failed, 2 bad input or usage, 3 different, ${STOP_CODES}`);

/** @param finish  gets the exit code of the command */
export function buildProgram(finish: (exitCode: number) => void): Command {
  const program = new HelpfulCommand(ownName())
    .description('Makes one S3 bucket equal to another, on this machine or with AWS Step Functions and Lambda.')
    .version(version)
    .helpCommand(false)
    .exitOverride()
    .configureOutput({ writeOut: print, writeErr: printNote })
    .addHelpText('after', EXIT_CODES);

  addOutputOptions(addRunOptions(program.command('run')))
    .summary('make one bucket equal to another')
    .description(
      'Makes the destination equal to the source: copies what is new or different, deletes what the source does not have. Runs the state machine ' +
        'on this machine. On a terminal, it asks before it deletes or overwrites more than ten objects.',
    )
    .optionsGroup('Output:')
    .option('-y, --yes', 'do not ask before objects are deleted or overwritten')
    .action(async (source, destination, _options, command) =>
      finish(await runCommand(command, { source, destination })),
    );

  addOutputOptions(addRunOptions(program.command('plan'), { dryRun: true }, PLAN_CODES))
    .summary('show what `run` would do')
    .description('Shows what `run` would copy, overwrite and delete, and what that will cost. Writes nothing.')
    .optionsGroup('Output:')
    .option('--keys', 'print each key, too: + new, ~ overwritten, - deleted')
    .option('--exit-code', 'end with 3 if there is anything to copy, restore or delete')
    .action(async (source, destination, _options, command) =>
      finish(await planCommand(command, { source, destination })),
    );

  addOutputOptions(addRunOptions(program.command('check'), { dryRun: true }, CHECK_CODES))
    .summary('tell whether both sides are equal')
    .description('Compares the destination to the source, as `run` would. Writes nothing.')
    .optionsGroup('Output:')
    .option('--keys', 'print each key that differs: + only at the source, ~ different, - only at the destination')
    .action(async (source, destination, _options, command) =>
      finish(await checkCommand(command, { source, destination })),
    );

  addApplyCommand(
    addOutputOptions(
      addElsewhereOptions(addSideOptions(addConnectionOptions(program.command('apply')), ['source', 'destination'])),
    ),
    finish,
  );

  addOutputOptions(
    addElsewhereOptions(addSideOptions(addConnectionOptions(program.command('retry')), ['source', 'destination'])),
  )
    .summary('repeat what failed in a run')
    .description(
      'Copies and deletes only the objects that failed in a run, by the same rules. For a run in AWS, this starts another ' +
        'execution there.',
    )
    .argument('<run>', RUN_ARGUMENT)
    .addHelpText('after', EXIT_CODES)
    .action(async (run, options) => finish(await (await import('./commands/retry')).retryCommand(run, options)));

  addUndoCommand(
    addOutputOptions(
      addElsewhereOptions(addSideOptions(addConnectionOptions(program.command('undo')), ['destination'])),
    ),
    finish,
  );

  addElsewhereOptions(addConnectionOptions(program.command('report')))
    .summary('show what a run has done')
    .description('Shows the summary of a run and what failed in it. `bucketsync runs` lists the runs.')
    .argument('<run>', RUN_ARGUMENT)
    .optionsGroup('Output:')
    .addOption(
      new Option(
        '--lines <which>',
        "print only the report's lines, each a JSON document: what was done (in a dry run: would be), what a plan found, what differs in a verify phase, or what failed",
      ).choices(['actions', 'plan', 'differences', 'failures']),
    )
    .addHelpText(
      'after',
      exitCodes('0 shown, even if the run failed, 1 the report cannot be read, 2 bad input or usage'),
    )
    .action(async (run, options) => finish(await (await import('./commands/report')).reportCommand(run, options)));

  addSideOptions(addConnectionOptions(program.command('unlock')), ['destination'])
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

  addHoldCommands(program, finish, (command) => addSideOptions(addConnectionOptions(command), ['destination']));
  addRunsCommands(program, finish);
  addDoctorCommand(program, finish);
  addDeployedCommands(program, finish);
  addProveCommand(program, finish);

  program
    .command('demo')
    .summary('see bucketsync work, without an account')
    .description(
      'Fills an S3 in memory with a staging and a production bucket, mirrors one into the other, and checks.',
    )
    .option('--json', 'print only both summaries, as one JSON document')
    .action(async ({ json }) => finish(await (await import('./commands/demo')).demoCommand({ json: json === true })));

  addHelpCommands(program);
  explain(program);
  return program;
}

function addRunOptions(command: Command, fixed: { readonly dryRun?: true } = {}, exitCodes = EXIT_CODES): Command {
  const described = addRequestArguments(command, fixed, exitCodes);
  return addSideOptions(addConnectionOptions(described), ['source', 'destination']);
}
