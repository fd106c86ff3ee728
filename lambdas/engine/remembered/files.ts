import { createHash } from 'node:crypto';
import type { Run } from '../../../statemachine/contract';
import type { RunStore } from '../ports/run-store';

const DELETES_AT_ONCE = 32;

/** How the names of all files of a run begin. The names of later runs come behind. */
export function generationOf({ startedAt, executionId }: Pick<Run, 'startedAt' | 'executionId'>): string {
  return `${startedAt.replaceAll(/\W/g, '')}-${sha256(executionId).slice(0, 16)}`;
}

export function sha256(content: string | Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}

/** @returns those for which there was no time */
export async function deleteAll(
  names: readonly string[],
  store: RunStore,
  isTooLate: () => boolean,
): Promise<readonly string[]> {
  for (let index = 0; index < names.length; index += DELETES_AT_ONCE) {
    if (isTooLate()) return names.slice(index);
    await Promise.all(names.slice(index, index + DELETES_AT_ONCE).map((name) => store.delete(name)));
  }
  return [];
}
