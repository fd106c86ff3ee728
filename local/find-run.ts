import type { RunStore } from '../lambdas/engine/ports/run-store';
import { listRunIds, readSummaryText } from '../lambdas/engine/report/find-summary';
import type { RunSummary } from '../statemachine/contract';

export { onlyOne } from '../lambdas/engine/report/find-summary';

/** In the place of an id: the newest run. */
export const LATEST = 'latest';

const READS_AT_ONCE = 16;

/** A run that has left something in its folder. */
export interface KnownRun {
  readonly runId: string;
  /** Absent: it runs, or it was killed. */
  readonly summary?: RunSummary;
}

/** All runs of a place, the newest first; those without a summary before all others. */
export async function readRuns(store: RunStore): Promise<KnownRun[]> {
  const ids = await listRunIds(store);
  const runs: KnownRun[] = [];
  for (let index = 0; index < ids.length; index += READS_AT_ONCE) {
    const some = ids.slice(index, index + READS_AT_ONCE);
    runs.push(...(await Promise.all(some.map((runId) => readRun(runId, store)))));
  }
  const startedAt = ({ summary }: KnownRun) => Date.parse(summary?.startedAt ?? '') || Number.POSITIVE_INFINITY;
  return runs.sort((a, b) => compareTimes(startedAt(b), startedAt(a)));
}

/** The newest run that has ended. */
export async function findLatest(store: RunStore): Promise<RunSummary | undefined> {
  return (await readRuns(store)).find(({ summary }) => summary !== undefined)?.summary;
}

/** Somebody may have put something else there. */
async function readRun(runId: string, store: RunStore): Promise<KnownRun> {
  const found = await readSummaryText(runId, store);
  try {
    return { runId, ...(found && { summary: JSON.parse(found.text) as RunSummary }) };
  } catch (error) {
    if (error instanceof SyntaxError) return { runId };
    throw error;
  }
}

function compareTimes(a: number, b: number): number {
  return a === b ? 0 : a - b;
}
