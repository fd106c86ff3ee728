import type { RunSummary, SyncRequest } from '../../statemachine/contract';
import { InvalidInputError } from '../../statemachine/errors';
import { parseSyncInput } from '../../statemachine/input/parse-sync-input';
import { type FollowUpOptions, followUp } from './follow-up';

interface ApplyOptions extends FollowUpOptions {
  readonly verify?: boolean;
}

/** `bucketsync apply`: does what a plan says. @returns the exit code */
export async function applyCommand(plan: string, options: ApplyOptions): Promise<number> {
  return followUp(plan, options, { requestAfter: (run, summary) => applicationOf(run, summary, options) });
}

/** The input that applies a plan: with the settings that it was made with. @throws InvalidInputError  it is no plan */
function applicationOf(
  plan: string,
  planned: RunSummary | undefined,
  { verify = false }: Pick<ApplyOptions, 'verify'>,
): SyncRequest {
  if (!planned?.keptPlan) {
    const what = planned ? 'that run has kept no plan' : 'there is no summary of it';
    throw new InvalidInputError(
      `Expected the id of a plan that \`bucketsync plan\` has made, got ${plan}: ${what}. Make a plan first`,
    );
  }
  const input = parseSyncInput(planned.input, () => true);
  if (input.undo !== undefined)
    throw new InvalidInputError(
      `Expected the id of a plan that \`bucketsync plan\` has made, got that of an undo: use bucketsync undo ${input.undo}`,
    );
  return { ...input, dryRun: false, apply: planned.runId, ...(verify && { verify }) };
}
