import { InvalidInputError } from '../../../statemachine/errors';
import { type RunStore, runFolder } from '../ports/run-store';

const RUNS = runFolder('');

/** The summary of a run, as its report has it. */
export interface FoundSummary {
  readonly id: string;
  readonly text: string;
}

/**
 * The summary of the run with this id, or of the only run whose id begins like this, because people type only the beginning of an
 * id.
 *
 * @param field  of the input that has the id, if one has
 * @returns undefined if there is none
 * @throws InvalidInputError  several runs begin so
 */
export async function findSummary(start: string, store: RunStore, field?: string): Promise<FoundSummary | undefined> {
  const whole = await readSummaryText(start, store);
  if (whole) return whole;
  const id = onlyOne(start, await listRunIds(store, start), field);
  return id === undefined ? undefined : readSummaryText(id, store);
}

export async function readSummaryText(id: string, store: RunStore): Promise<FoundSummary | undefined> {
  const file = await store.get(`${runFolder(id)}/summary.json`);
  return file && { id, text: file.body.toString('utf8') };
}

/** @throws InvalidInputError  there are several */
export function onlyOne(start: string, runs: readonly string[], field?: string): string | undefined {
  if (runs.length < 2) return runs[0];
  const what = field === undefined ? 'the id of one run' : `\`${field}\` to be the id of one run`;
  throw new InvalidInputError(
    `Expected ${what}, got "${start}", with which those of ${runs.length} runs begin: ${runs.slice(0, 5).join(', ')}. Add some characters`,
    { field },
  );
}

/** The ids of all runs of a place that begin so. */
export async function listRunIds(store: RunStore, start = ''): Promise<string[]> {
  const found = new Set<string>();
  let names = await store.list(`${RUNS}${start}`);
  while (names.length > 0) {
    for (const name of names) found.add(runOf(name));
    names = await store.list(`${RUNS}${start}`, behindRunOf(names.at(-1) as string));
  }
  return [...found];
}

function runOf(name: string): string {
  return name.slice(RUNS.length).split('/')[0] as string;
}

/** A bucket lists each file of a run, and the first one is enough. A folder lists its runs. */
function behindRunOf(name: string): string {
  const run = `${RUNS}${runOf(name)}`;
  return name === run ? name : `${run}/\uffff`;
}
