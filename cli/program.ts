import type { Command } from 'commander';
import { version } from '../package.json';
import { addApplyCommand } from './apply-program';
import { addConnectionOptions, addElsewhereOptions, addSideOptions } from './connection-options';
import { addDeployedCommands } from './deployed-program';
import { addDoctorCommand } from './doctor-program';
import { explain } from './help/explain';
import { HelpfulCommand } from './help/helpful-command';
import { addHelpCommands } from './help-program';
import { addHoldCommands } from './hold-program';
import { addOutputOptions } from './input/output-options';
import { EXIT_CODES } from './input/request-arguments';
import { print, printNote } from './output/output';
import { ownName } from './output/own-name';
import { addProveCommand } from './prove-program';
import { addReportCommand, addRetryCommand } from './report-program';
import { addRunCommands } from './run-program';
import { addRunsCommands } from './runs-program';
import { addUndoCommand } from './undo-program';
import { addUnlockCommand } from './unlock-program';

/** @param finish  gets the exit code of the command */
export function buildProgram(finish: (exitCode: number) => void): Command {
  const program = new HelpfulCommand(ownName())
    .description('Makes one S3 bucket equal to another, on this machine or with AWS Step Functions and Lambda.')
    .version(version)
    .helpCommand(false)
    .exitOverride()
    .configureOutput({ writeOut: print, writeErr: printNote })
    .addHelpText('after', EXIT_CODES);

  const ofDestination = (command: Command) => addSideOptions(addConnectionOptions(command), ['destination']);
  const ofBothSides = (command: Command) => addSideOptions(addConnectionOptions(command), ['source', 'destination']);
  addRunCommands(program, finish);
  addApplyCommand(addOutputOptions(addElsewhereOptions(ofBothSides(program.command('apply')))), finish);
  addRetryCommand(addOutputOptions(addElsewhereOptions(ofBothSides(program.command('retry')))), finish);
  addUndoCommand(addOutputOptions(addElsewhereOptions(ofDestination(program.command('undo')))), finish);
  addReportCommand(addElsewhereOptions(addConnectionOptions(program.command('report'))), finish);
  addUnlockCommand(ofDestination(program.command('unlock')), finish);
  addHoldCommands(program, finish, ofDestination);
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
