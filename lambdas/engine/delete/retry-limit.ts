import { leftOf, type RunSummary, SHARED_LIMITS } from '../../../statemachine/contract';
import { InvalidInputError } from '../../../statemachine/errors';
import type { SettledInput } from '../../../statemachine/input/deployed-settings';
import { parseSyncInput } from '../../../statemachine/input/parse-sync-input';
import type { SyncInput } from '../../../statemachine/input/sync-input';
import type { Host } from '../ports/host';
import { runFolder } from '../ports/run-store';

/**
 * A retry does not list the whole destination, so it cannot compute a deployed percentage. It may delete and overwrite what the
 * retried run has left of the percentages.
 *
 * @throws InvalidInputError  the retried run was about other folders, or has no summary
 */
export async function withLimitOfRetry(settled: SettledInput, { runStore }: Host): Promise<SettledInput> {
  const { input, deployed } = settled;
  const shares = SHARED_LIMITS.filter((field) => typeof deployed?.[field] === 'string');
  if (input.retry === undefined || shares.length === 0 || !deployed) return settled;
  const name = `${runFolder(input.retry)}/summary.json`;
  const found = await runStore.get(name);
  const retried = found && (JSON.parse(found.body.toString('utf8')) as RunSummary);
  if (!retried || !isSamePlace(parseSyncInput(retried.input), input)) {
    const percentages = shares.map((field) => `\`${field}\`, ${deployed[field]},`).join(' and ');
    throw new InvalidInputError(
      `Expected \`retry\` to be the id of a run between the same folders, since the deployed ${percentages} is of what ` +
        `that run found, got "${input.retry}": ${runStore.locate(name)} ${found ? 'is about others' : 'does not exist'}`,
    );
  }
  const limits = shares.map((field) => {
    const left = leftOf(deployed[field] ?? 0, field, retried);
    return [field, typeof input[field] === 'number' ? Math.min(input[field], left) : left];
  });
  const rules = { ...deployed, ...Object.fromEntries(shares.map((field) => [field, undefined])) };
  return { input: { ...input, ...Object.fromEntries(limits) }, deployed: rules };
}

function isSamePlace(a: SyncInput, b: SyncInput): boolean {
  const places = ['source', 'prefix', 'destination', 'destinationPrefix'] as const;
  return places.every((field) => a[field] === b[field]);
}
