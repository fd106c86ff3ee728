import type { Command } from 'commander';
import type { RunSummary, SyncRequest } from '../../statemachine/contract';
import { InvalidInputError } from '../../statemachine/errors';
import { parseSyncInput } from '../../statemachine/input/parse-sync-input';
import { readInputOptions } from '../input/input-options';
import { asTyped } from '../input/request';
import { type FollowUpOptions, followUp } from './follow-up';

/** `bucketsync apply`: does what a plan says. @returns the exit code */
export async function applyCommand(command: Command, plan: string): Promise<number> {
  const given = readInputOptions(command);
  return followUp(plan, command.opts<FollowUpOptions>(), {
    requestAfter: (run, summary) => applicationOf(run, summary, given),
  });
}

/**
 * The input that applies a plan: with the settings that it was made with.
 *
 * @param given  settings that somebody has changed since
 * @throws InvalidInputError  it is no plan, or a setting is wrong
 */
function applicationOf(
  plan: string,
  planned: RunSummary | undefined,
  given: Readonly<Record<string, unknown>>,
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
  try {
    // a run that has applied a plan stands for that plan, so that `latest` goes on with it
    return parseSyncInput({ ...input, dryRun: false, apply: input.apply ?? planned.runId, ...given }, () => true);
  } catch (error) {
    throw asTyped(error, { options: given });
  }
}
