import { advanceLoop } from '../lambdas/engine/advance-loop';
import { closePhase } from '../lambdas/engine/close-phase';
import { copyRange } from '../lambdas/engine/copy-range';
import { deleteRange } from '../lambdas/engine/delete-range';
import { finishRun } from '../lambdas/engine/finish-run';
import type { Host } from '../lambdas/engine/host';
import { validateInput } from '../lambdas/engine/validate-input';
import type { TaskName } from './handlers';

/** What each handler does, with a host of the caller's making: for the tests and the bench. */
export const ENGINE_TASKS: Readonly<Record<TaskName, (input: never, host: Host) => unknown>> = {
  ValidateInput: validateInput,
  CopyRange: copyRange,
  AdvanceCopy: (input, host) => advanceLoop(input, host, 'source'),
  DeleteRange: deleteRange,
  AdvanceDelete: (input, host) => advanceLoop(input, host, 'destination'),
  ClosePhase: (input, { roundBudgetsMs }) => closePhase(input, roundBudgetsMs),
  FinishRun: finishRun,
};
