import { type RunStore, runFolder } from '../lambdas/engine/ports/run-store';
import { InvalidInputError } from '../statemachine/errors';

/** As many characters of a run's id as people type. So many are never those of two runs by chance. */
export const TYPED_CHARACTERS = 8;

const RUNS = runFolder('');

/**
 * The only run whose id begins so. Undefined if there is none.
 *
 * @param listsFolders  the store lists what is in a folder, and not what begins with a prefix
 * @throws InvalidInputError  several runs begin so
 */
export async function findRun(start: string, store: RunStore, listsFolders: boolean): Promise<string | undefined> {
  const found: string[] = [];
  const prefix = listsFolders ? RUNS : `${RUNS}${start}`;
  let names = await store.list(prefix);
  while (names.length > 0) {
    found.push(...new Set(names.map(runOf)));
    // a bucket lists each file of a run, and the first one is enough
    names = await store.list(prefix, listsFolders ? names.at(-1) : `${RUNS}${found.at(-1)}/\uffff`);
  }
  const runs = [...new Set(found)].filter((run) => run.startsWith(start));
  if (runs.length < 2) return runs[0];
  throw new InvalidInputError(
    `Expected the id of one run, got "${start}", with which those of ${runs.length} runs begin: ${runs.slice(0, 5).join(', ')}. Add some characters`,
  );
}

function runOf(name: string): string {
  return name.slice(RUNS.length).split('/')[0] ?? '';
}
