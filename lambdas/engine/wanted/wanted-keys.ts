import type { RangeInput } from '../../../statemachine/contract';
import type { Host } from '../ports/host';
import { failedKeys } from './failed-keys';
import { readKeyList } from './key-list';

/**
 * The keys that a Task may look at, in order: those within its ranges to which the run is restricted.
 *
 * @returns undefined if the run is about every key
 */
export async function wantedKeys(
  input: RangeInput,
  { runStore }: Pick<Host, 'runStore'>,
  action: 'copy' | 'delete',
): Promise<string[] | undefined> {
  const { retry, keys } = input.run.input;
  if (retry !== undefined) return failedKeys(retry, input.tokens, runStore, action);
  return keys === undefined ? undefined : readKeyList(input.run.id, input.tokens, runStore);
}
