import type { Host } from '../lambdas/engine/ports/host';
import { advanceLoop } from '../lambdas/engine/tasks/advance-loop';
import { copyRange } from '../lambdas/engine/tasks/copy-range';
import { deleteRange } from '../lambdas/engine/tasks/delete-range';
import { endPhase } from '../lambdas/engine/tasks/end-phase';
import { finishRun } from '../lambdas/engine/tasks/finish-run';
import { validateInput } from '../lambdas/engine/tasks/validate-input';
import type { TaskName } from './handlers';

/** The work of each handler, with a host from the caller: for tests and the bench. */
export const ENGINE_TASKS: Readonly<Record<TaskName, (input: never, host: Host) => unknown>> = {
  ValidateInput: validateInput,
  CopyRange: copyRange,
  AdvanceCopy: (input, host) => advanceLoop(input, host, 'source'),
  DeleteRange: deleteRange,
  AdvanceDelete: (input, host) => advanceLoop(input, host, 'destination'),
  ClosePhase: endPhase,
  FinishRun: finishRun,
};
