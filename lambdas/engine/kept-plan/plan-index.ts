import { createHash } from 'node:crypto';
import { CONTRACT_VERSION, type KeptPlan } from '../../../statemachine/contract';
import { compareKeys } from '../keys/compare-keys';
import { type RunStore, runFolder } from '../ports/run-store';
import { writeOnce } from '../report/write-once';
import type { PartTotals } from './planned-action';

/** Some actions of a plan, in the order of their keys. Other parts may hold keys between `first` and `last`, too. */
export interface PlanPart extends PartTotals {
  readonly name: string;
  readonly first: string;
  readonly last: string;
  /** Of the part as it is stored. */
  readonly sha256: string;
}

export interface PlanIndex {
  readonly contract: number;
  readonly runId: string;
  /** In the order of their first keys. */
  readonly parts: readonly PlanPart[];
}

/** How many lists of parts are read at the same time. */
const READS_AT_ONCE = 16;

/** The folder of a run's plan. */
export function planFolder(runId: string): string {
  return `${runFolder(runId)}/plan`;
}

/** Where one Task lists the parts that it has written. @param writer  names the Task and its attempt */
export function nameOfTask(runId: string, writer: string): string {
  return `${planFolder(runId)}/tasks/${writer}.json`;
}

/** The name of a Task's attempt in the folder of a plan. @param attempt  as the Task's result has it */
export function writerOf(
  { round, index }: { readonly round: number; readonly index: number },
  attempt: string,
): string {
  return `${round}-${index}-${attempt}`;
}

/**
 * Lists the parts that a round has added. Only attempts whose results have arrived count: the parts of a lost attempt hold
 * actions that another attempt has planned again.
 *
 * @param writers  of the Tasks of this round that have planned something
 */
export async function closeRound(
  store: RunStore,
  runId: string,
  round: number,
  writers: readonly string[],
): Promise<void> {
  const parts = await readLists(
    store,
    writers.map((writer) => nameOfTask(runId, writer)),
  );
  await writeSame(store, nameOfRound(runId, round), JSON.stringify(parts));
}

/**
 * Lists all parts of the plan in one index. Done again, it writes the same index.
 *
 * @param rounds  how many rounds were before the last one
 * @param writers  of the last round, as for `closeRound`
 */
export async function closePlan(
  store: RunStore,
  runId: string,
  rounds: number,
  writers: readonly string[],
): Promise<KeptPlan> {
  const earlier = Array.from({ length: rounds }, (_, round) => nameOfRound(runId, round));
  const parts = await readLists(store, [...earlier, ...writers.map((writer) => nameOfTask(runId, writer))]);
  const index: PlanIndex = {
    contract: CONTRACT_VERSION,
    runId,
    parts: parts.sort((a, b) => compareKeys(a.first, b.first)),
  };
  const text = JSON.stringify(index);
  await writeSame(store, nameOfIndex(runId), text);
  const { copies, restores, deletes } = sumOf(parts);
  return { id: runId, sha256: sha256(text), copies, restores, deletes };
}

const NOTHING_PLANNED: PartTotals = {
  ...{ copies: 0, restores: 0, deletes: 0 },
  ...{ copied: 0, copiedBytes: 0, overwritten: 0 },
};

export const TOTALS = Object.keys(NOTHING_PLANNED) as readonly (keyof PartTotals)[];

export function sumOf(all: readonly PartTotals[]): PartTotals {
  const sum: Record<keyof PartTotals, number> = { ...NOTHING_PLANNED };
  for (const one of all) for (const name of TOTALS) sum[name] += one[name];
  return sum;
}

export function sha256(body: string | Uint8Array): string {
  return createHash('sha256').update(body).digest('hex');
}

function nameOfRound(runId: string, round: number): string {
  return `${planFolder(runId)}/rounds/${round}.json`;
}

export function nameOfIndex(runId: string): string {
  return `${planFolder(runId)}/index.json`;
}

/** @throws Error  a different list is there already */
async function writeSame(store: RunStore, name: string, text: string): Promise<void> {
  const found = await writeOnce(store, name, text);
  if (found && found.toString('utf8') !== text)
    throw new Error(`Expected ${store.locate(name)} to be absent or the same, but another attempt has written another`);
}

/** @throws Error  a list is gone */
async function readLists(store: RunStore, names: readonly string[]): Promise<PlanPart[]> {
  const parts: PlanPart[] = [];
  for (let index = 0; index < names.length; index += READS_AT_ONCE) {
    const some = await Promise.all(names.slice(index, index + READS_AT_ONCE).map((name) => readList(store, name)));
    parts.push(...some.flat());
  }
  return parts;
}

async function readList(store: RunStore, name: string): Promise<PlanPart[]> {
  const found = await store.get(name);
  if (!found) throw new Error(`Expected ${store.locate(name)}, which lists parts of the plan, got nothing`);
  return JSON.parse(found.body.toString('utf8')) as PlanPart[];
}
