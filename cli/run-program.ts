import type { Command } from 'commander';
import { checkCommand, planCommand } from './commands/plan';
import { runCommand } from './commands/run';
import { addConnectionOptions, addSideOptions } from './connection-options';
import { exitCodes } from './help/exit-codes';
import { addOutputOptions } from './input/output-options';
import { addRequestArguments, EXIT_CODES, STOP_CODES } from './input/request-arguments';

const PLAN_CODES = exitCodes(
  `0 planned, 1 the plan failed, 2 bad input or usage, 3 with --exit-code: there is something to do, ${STOP_CODES}`,
);
const CHECK_CODES = exitCodes(`0 equal, 1 the check failed, 2 bad input or usage, 3 different, ${STOP_CODES}`);

/** The commands that get two sides and all options of a run. */
export function addRunCommands(program: Command, finish: (exitCode: number) => void): void {
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
}

function addRunOptions(command: Command, fixed: { readonly dryRun?: true } = {}, exitCodes = EXIT_CODES): Command {
  const described = addRequestArguments(command, fixed, exitCodes);
  return addSideOptions(addConnectionOptions(described), ['source', 'destination']);
}
