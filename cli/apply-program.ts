import type { Command } from 'commander';
import { addInputOptions, type InputField } from './input/input-options';
import { EXIT_CODES, RUN_ARGUMENT } from './input/request-arguments';

/** What may be another than when the plan was made: nothing of it changes which actions the plan has. */
const FREE_FIELDS: readonly InputField[] = [
  ...(['maxDeletes', 'maxOverwrites', 'maxCost', 'verify'] as const),
  ...(['lock', 'maxConcurrency', 'requestConcurrency'] as const),
];

/** The command that applies a plan. @param finish  gets the exit code */
export function addApplyCommand(command: Command, finish: (exitCode: number) => void): void {
  command
    .summary('do exactly what a plan says')
    .description(
      'Copies and deletes what a plan says, and nothing else. What has changed since on either side is left alone and ' +
        'listed. Limits are those of the plan, unless you set others. For a plan in AWS, this starts another execution there.',
    )
    .argument('<plan>', RUN_ARGUMENT.replace('a run', 'a plan'))
    .addHelpText('after', EXIT_CODES)
    .action(async (plan, _options, self) => finish(await (await import('./commands/apply')).applyCommand(self, plan)));
  addInputOptions(command, (field) => FREE_FIELDS.includes(field));
}
