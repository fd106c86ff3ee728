import { type Command, Option } from 'commander';
import { exitCodes } from './help/exit-codes';
import { EXIT_CODES, RUN_ARGUMENT } from './input/request-arguments';

/** @param command  with the options that say where the run is */
export function addRetryCommand(command: Command, finish: (exitCode: number) => void): void {
  command
    .summary('repeat what failed in a run')
    .description(
      'Copies and deletes only the objects that failed in a run, by the same rules. For a run in AWS, this starts another ' +
        'execution there.',
    )
    .argument('<run>', RUN_ARGUMENT)
    .addHelpText('after', EXIT_CODES)
    .action(async (run, options) => finish(await (await import('./commands/retry')).retryCommand(run, options)));
}

/** @param command  with the options that say where the run is */
export function addReportCommand(command: Command, finish: (exitCode: number) => void): void {
  command
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
}
