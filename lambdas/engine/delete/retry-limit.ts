import { allowedDeletes, emptyCounters, type RunSummary } from '../../../statemachine/contract';
import { InvalidInputError } from '../../../statemachine/errors';
import type { SettledInput } from '../../../statemachine/input/deployed-settings';
import { parseSyncInput, type SyncInput } from '../../../statemachine/input/sync-input';
import type { Host } from '../ports/host';
import { runFolder } from '../ports/run-store';

/**
 * A retry does not list the whole destination, so it cannot compute a deployed percentage. It may delete what the retried
 * run has left of the percentage.
 *
 * @throws InvalidInputError  the retried run was about other folders, or has no summary
 */
export async function withLimitOfRetry(settled: SettledInput, { runStore }: Host): Promise<SettledInput> {
  const { input, deployed } = settled;
  const percentage = deployed?.maxDeletes;
  if (input.retry === undefined || typeof percentage !== 'string' || !deployed) return settled;
  const name = `${runFolder(input.retry)}/summary.json`;
  const found = await runStore.get(name);
  const retried = found && (JSON.parse(found.body.toString('utf8')) as RunSummary);
  if (!retried || !isSamePlace(parseSyncInput(retried.input), input)) {
    throw new InvalidInputError(
      `Expected \`retry\` to be the id of a run between the same folders, since the deployed \`maxDeletes\`, ${percentage}, is of what ` +
        `that run found, got "${input.retry}": ${runStore.locate(name)} ${found ? 'is about others' : 'does not exist'}`,
    );
  }
  const planned = retried.phases.find((phase) => phase.name === 'plan')?.delete ?? emptyCounters();
  const left = Math.max(0, allowedDeletes(percentage, planned) - retried.totals.deleted);
  const { maxDeletes: _percentage, ...rules } = deployed;
  const limit = typeof input.maxDeletes === 'number' ? Math.min(input.maxDeletes, left) : left;
  return { input: { ...input, maxDeletes: limit }, deployed: rules };
}

function isSamePlace(a: SyncInput, b: SyncInput): boolean {
  const places = ['source', 'prefix', 'destination', 'destinationPrefix'] as const;
  return places.every((field) => a[field] === b[field]);
}
