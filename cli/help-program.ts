import { Argument } from 'commander';
import { version } from '../package.json';
import type { HelpfulCommand } from './help/helpful-command';
import { print, printAsItIs } from './output/output';

/** Commands about the command line itself. */
export function addHelpCommands(program: HelpfulCommand): void {
  program
    .command('help')
    .summary('show help, also for a command')
    .description('Shows all commands, or every option of one.')
    .argument('[command]', 'name of a command')
    .action((name?: string) => showHelp(program, name));

  program
    .command('completion')
    .summary('print a script that completes commands in your shell')
    .description('Prints a script with which your shell completes commands, options and their choices.')
    .addArgument(new Argument('<shell>', 'your shell').choices(['bash', 'zsh', 'fish', 'powershell']))
    .action(async (shell: string) => {
      const { completionScript } = await import('./help/completion/complete');
      printAsItIs(completionScript(program, shell));
    });

  program.command('version', { hidden: true }).action(() => print(`${version}\n`));
}

function showHelp(program: HelpfulCommand, name: string | undefined): void {
  if (name === undefined) program.outputHelp();
  else {
    const command = program.commands.find((candidate) => [candidate.name(), ...candidate.aliases()].includes(name));
    if (command) command.outputHelp();
    else program.refuse(name);
  }
}
