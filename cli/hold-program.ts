import { type Command, Option } from 'commander';
import type { HoldOptions } from './commands/hold';
import { exitCodes } from './help/exit-codes';

type Finish = (exitCode: number) => void;

/** Commands that keep runs from a destination for a while. @param addConnection  adds the options of where the destination is */
export function addHoldCommands(program: Command, finish: Finish, addConnection: (command: Command) => Command): void {
  const addCommand = (name: string) =>
    addConnection(program.command(name))
      .usage('s3://destination[/folder] [options]')
      .argument('<destination>', 'bucket to which runs write, or a folder of it')
      .addOption(
        new Option('--lock <choice>', 'where runs to it keep their lock')
          .choices(['destination', 'reports'])
          .default('destination'),
      )
      .addOption(
        new Option('--request-payer <choice>', 'agree to pay for requests, if it is a Requester Pays bucket').choices([
          'requester',
        ]),
      );

  addCommand('hold')
    .summary('keep all runs from a destination')
    .description(
      'From now on, each run to this folder, to one that contains it and to one in it does nothing and ends as held, until ' +
        '`bucketsync release`. A run that is at work goes on. Use the report location of the runs, so that they can show the reason.',
    )
    .option('--reason <text>', 'why, for those who meet it', 'no reason given')
    .addHelpText('after', exitCodes('0 it is held, 1 it could not be held, 2 bad input or usage'))
    .action(async (destination: string, options: HoldOptions & { readonly reason: string }) =>
      finish(await (await import('./commands/hold')).holdCommand(destination, options)),
    );

  addCommand('release')
    .summary('let runs write to a destination again')
    .description('Removes the hold of this folder, which `bucketsync hold` or an undo has put there.')
    .addHelpText(
      'after',
      exitCodes('0 nothing holds it now, 1 another hold is left, or it could not be released, 2 bad input or usage'),
    )
    .action(async (destination: string, options: HoldOptions) =>
      finish(await (await import('./commands/hold')).releaseCommand(destination, options)),
    );
}
