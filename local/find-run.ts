import { type RunStore, runFolder } from '../lambdas/engine/ports/run-store';
import type { RunSummary } from '../statemachine/contract';
import { InvalidInputError } from '../statemachine/errors';

/** In the place of an id: the newest run. */
export const LATEST = 'latest';

const RUNS = runFolder('');
const READS_AT_ONCE = 16;

/** A run that has left something in its folder. */
export interface KnownRun {
  readonly runId: string;
  /** Absent: it runs, or it was killed. */
  readonly summary?: RunSummary;
}

/**
 * The only run whose id begins so. Undefined if there is none.
 *
 * @param listsFolders  the store lists what is in a folder, and not what begins with a prefix
 * @throws InvalidInputError  several runs begin so
 */
export async function findRun(start: string, store: RunStore, listsFolders: boolean): Promise<string | undefined> {
  return onlyOne(start, await listRunIds(store, listsFolders, start));
}

/** @throws InvalidInputError  there are several */
export function onlyOne(start: string, runs: readonly string[]): string | undefined {
  if (runs.length < 2) return runs[0];
  throw new InvalidInputError(
    `Expected the id of one run, got "${start}", with which those of ${runs.length} runs begin: ${runs.slice(0, 5).join(', ')}. Add some characters`,
  );
}

/** All runs of a place, the newest first; those without a summary before all others. */
export async function readRuns(store: RunStore, listsFolders: boolean): Promise<KnownRun[]> {
  const ids = await listRunIds(store, listsFolders);
  const runs: KnownRun[] = [];
  for (let index = 0; index < ids.length; index += READS_AT_ONCE) {
    const some = ids.slice(index, index + READS_AT_ONCE);
    runs.push(...(await Promise.all(some.map((runId) => readRun(runId, store)))));
  }
  const startedAt = ({ summary }: KnownRun) => Date.parse(summary?.startedAt ?? '') || Number.POSITIVE_INFINITY;
  return runs.sort((a, b) => compareTimes(startedAt(b), startedAt(a)));
}

/** The newest run that has ended. */
export async function findLatest(store: RunStore, listsFolders: boolean): Promise<RunSummary | undefined> {
  return (await readRuns(store, listsFolders)).find(({ summary }) => summary !== undefined)?.summary;
}

export async function readSummaryOf(runId: string, store: RunStore): Promise<RunSummary | undefined> {
  const found = await store.get(`${runFolder(runId)}/summary.json`);
  return found && (JSON.parse(found.body.toString('utf8')) as RunSummary);
}

/** Somebody may have put something else there. */
async function readRun(runId: string, store: RunStore): Promise<KnownRun> {
  const summary = await readSummaryOf(runId, store).catch((error: unknown) => {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  });
  return { runId, ...(summary && { summary }) };
}

async function listRunIds(store: RunStore, listsFolders: boolean, start = ''): Promise<string[]> {
  const found: string[] = [];
  const prefix = listsFolders ? RUNS : `${RUNS}${start}`;
  let names = await store.list(prefix);
  while (names.length > 0) {
    found.push(...new Set(names.map(runOf)));
    // a bucket lists each file of a run, and the first one is enough
    names = await store.list(prefix, listsFolders ? names.at(-1) : `${RUNS}${found.at(-1)}/\uffff`);
  }
  return [...new Set(found)].filter((run) => run.startsWith(start));
}

function runOf(name: string): string {
  return name.slice(RUNS.length).split('/')[0] ?? '';
}

function compareTimes(a: number, b: number): number {
  return a === b ? 0 : a - b;
}
