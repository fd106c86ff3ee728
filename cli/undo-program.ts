import { type Command, InvalidArgumentError, Option } from 'commander';
import { EXIT_CODES, RUN_ARGUMENT } from './input/request-arguments';

/** Adds `undo`'s own options to its command. @param finish  gets the exit code */
export function addUndoCommand(command: Command, finish: (exitCode: number) => void): void {
  command
    .summary('bring back what a run replaced, deleted or added')
    .description(
      'Copies the versions from before the run on top, and deletes what the run added. Requires versioning at the destination. What ' +
        'somebody has changed since is left alone and listed. Later runs are held until `bucketsync release`. For a run in AWS, this ' +
        'starts another execution there.',
    )
    .argument('<run>', RUN_ARGUMENT)
    .optionsGroup('What to do:')
    .option('--plan', 'only show what would be brought back; write nothing')
    .option('-y, --yes', 'do not ask before objects are deleted or overwritten')
    .option('--no-hold', 'let later runs write to the destination')
    .addOption(
      new Option('--max-deletes <number>', 'fail before the first write if there would be more deletes').argParser(
        readCount,
      ),
    )
    .addOption(
      new Option('--max-overwrites <number>', 'fail before the first write if it would replace more objects').argParser(
        readCount,
      ),
    )
    .addHelpText('after', EXIT_CODES)
    .action(async (run, options) => finish(await (await import('./commands/undo')).undoCommand(run, options)));
}

function readCount(text: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('Expected a number of objects, such as 100.');
}
