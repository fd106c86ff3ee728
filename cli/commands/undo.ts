import type { RunSummary, SyncInput, SyncRequest } from '../../statemachine/contract';
import { InvalidInputError } from '../../statemachine/errors';
import { parseSyncInput } from '../../statemachine/input/parse-sync-input';
import { asksBeforeWriting } from './confirm-plan';
import { type FollowUpOptions, followUp } from './follow-up';

export interface UndoOptions extends FollowUpOptions {
  readonly plan?: boolean;
  readonly hold: boolean;
  readonly yes?: boolean;
  readonly maxDeletes?: number;
  readonly maxOverwrites?: number;
}

/** Options of the run that decide how it wrote, and so how it is undone. Its other settings are in its report. */
const KEPT: readonly (keyof SyncInput)[] = [
  ...(['source', 'destination', 'prefix', 'destinationPrefix', 'mode', 'order', 'sse', 'sseKmsKeyId', 'acl'] as const),
  ...([
    'requestPayer',
    'lock',
    'invalidate',
    'maxConcurrency',
    'requestConcurrency',
    'sourceOwner',
    'destinationOwner',
  ] as const),
];

/** `bucketsync undo`: brings back what a run replaced, deleted or added. @returns the exit code */
export async function undoCommand(run: string, options: UndoOptions): Promise<number> {
  return followUp(run, options, {
    asks: asksBeforeWriting(options),
    afterPlan: `To do this: bucketsync undo ${run}`,
    requestAfter: (_, summary) => {
      const input = inputOf(run, summary);
      const kept = KEPT.map((field) => [field, input[field]]).filter(([, value]) => value !== undefined);
      return { ...(Object.fromEntries(kept) as SyncInput), ...asked(summary, options) };
    },
    // the deployed settings say the rest
    requestInAws: (_, summary) => {
      const { source, prefix, destination, destinationPrefix, undo } = inputOf(run, summary);
      // an undo has only a destination
      const from = undo === undefined ? { source, prefix } : {};
      return { ...from, destination, destinationPrefix, ...asked(summary, options) };
    },
  });
}

/** @throws InvalidInputError  the run has no summary */
function inputOf(run: string, summary: RunSummary | undefined): SyncInput {
  if (summary) return parseSyncInput(summary.input, () => true);
  throw new InvalidInputError(`Expected a run that has ended, got ${run}: there is no summary of it`);
}

function asked(summary: RunSummary | undefined, options: UndoOptions): Partial<SyncRequest> {
  const { plan, hold, maxDeletes, maxOverwrites } = options;
  return {
    undo: summary?.runId,
    ...(plan && { dryRun: true }),
    ...(!hold && { hold }),
    ...(maxDeletes !== undefined && { maxDeletes }),
    ...(maxOverwrites !== undefined && { maxOverwrites }),
  };
}
