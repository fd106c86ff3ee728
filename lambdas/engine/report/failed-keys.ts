import type { RangeInput } from '../../../statemachine/contract';
import { InvalidInputError } from '../../../statemachine/errors';
import { compareKeys } from '../keys/compare-keys';
import { isWithin } from '../keys/key-range';
import type { Host } from '../ports/host';
import { runFolder } from '../ports/run-store';
import { readFailures } from './read-report';
import { listParts, readPart } from './report-parts';

/**
 * The keys that a Task has to do again in a retry, in order: those within its ranges that its loop reported as failed.
 *
 * @returns undefined if the run is not a retry
 */
export async function failedKeys(
  { run, tokens }: RangeInput,
  { runStore }: Host,
  action: 'copy' | 'delete',
): Promise<string[] | undefined> {
  const { retry } = run.input;
  if (retry === undefined) return undefined;
  const keys = new Set<string>();
  for (const part of await listParts(runStore, retry, 'failures')) {
    for (const { action: failed, key } of await readPart(runStore, part)) {
      // an object that could not be compared may have to be copied, or may be an orphan
      const isOurs = failed === action || failed === 'compare';
      if (isOurs && tokens.some((range) => isWithin(range, key))) keys.add(key);
    }
  }
  return [...keys].sort(compareKeys);
}

/** @throws InvalidInputError  there is nothing to retry */
export async function refuseNothingToRetry(retry: string | undefined, { runStore }: Host): Promise<void> {
  if (retry === undefined || (await readFailures(runStore, retry, 1)).length > 0) return;
  throw new InvalidInputError(
    `Expected \`retry\` to be the id of a run in which objects failed, got "${retry}": there are no failures in ` +
      runStore.locate(`${runFolder(retry)}/`),
  );
}
