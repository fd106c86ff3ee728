import type { HostContext } from '../lambdas/host/lambda-host';

type HandlerModule = { handler(input: never, context: HostContext): Promise<unknown> };

/** Loads the handler of a Task when it is first used. The deployed stack has a function for each. */
export const TASK_HANDLERS = {
  ValidateInput: () => import('../lambdas/handlers/validate-input'),
  CopyRange: () => import('../lambdas/handlers/copy-range'),
  AdvanceCopy: () => import('../lambdas/handlers/advance-copy'),
  DeleteRange: () => import('../lambdas/handlers/delete-range'),
  AdvanceDelete: () => import('../lambdas/handlers/advance-delete'),
  ClosePhase: () => import('../lambdas/handlers/close-phase'),
  FinishRun: () => import('../lambdas/handlers/finish-run'),
} satisfies Record<string, () => Promise<HandlerModule>>;

export type TaskName = keyof typeof TASK_HANDLERS;
