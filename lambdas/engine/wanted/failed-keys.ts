import type { KeyRange } from '../../../statemachine/contract';
import { InvalidInputError } from '../../../statemachine/errors';
import { compareKeys } from '../keys/compare-keys';
import { isWithin } from '../keys/key-range';
import type { Host } from '../ports/host';
import { type RunStore, runFolder } from '../ports/run-store';
import { listFailures, readFailures } from '../report/read-report';
import { readPart } from '../report/report-parts';

/** The keys of ranges that a loop of an earlier run reported as failed, in order. */
export async function failedKeys(
  retry: string,
  ranges: readonly KeyRange[],
  runStore: RunStore,
  action: 'copy' | 'delete',
): Promise<string[]> {
  const keys = new Set<string>();
  for (const part of await listFailures(runStore, retry)) {
    for (const { action: failed, key } of await readPart(runStore, part)) {
      // an object that could not be compared may have to be copied, or may be an orphan
      const isOurs = failed === action || failed === 'compare';
      if (isOurs && ranges.some((range) => isWithin(range, key))) keys.add(key);
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
