/** Which handler module answers which Task; the deployed stack has a function for each. */
export const TASK_HANDLERS = {
  ValidateInput: 'validate-input',
  CopyRange: 'copy-range',
  AdvanceCopy: 'advance-copy',
  DeleteRange: 'delete-range',
  AdvanceDelete: 'advance-delete',
  ClosePhase: 'close-phase',
  FinishRun: 'finish-run',
} as const;

export type TaskName = keyof typeof TASK_HANDLERS;
