import type { RunState, SyncInput } from '../../../statemachine/contract';
import { isAboutSomeKeys } from '../../../statemachine/some-keys';
import { needsHeads } from '../compare/compare';
import { planPhases } from '../phases/plan-phases';
import type { Host } from '../ports/host';
import { listAll, type RunStore } from '../ports/run-store';
import { deleteAll, generationOf } from '../remembered/files';
import { type EvidencePart, indexFolder, partFolder } from './evidence';
import { readIndexes } from './evidence-reader';

/** When this time is over, the rest is left to the next run. */
const MOST_DELETING_MS = 60_000;

const MOST_GENERATIONS = 4;

/** With these errors, the copy loops of the run have still seen all of the source. */
const AFTER_ALL: ReadonlySet<string> = new Set(['SyncIncompleteError', 'DeleteGuardError', 'DriftError']);

/**
 * Drops the evidence of earlier runs if this run has looked at every pair: such a run has written again what still holds. All
 * parts that it wrote are named in one new list, which the next run reads. At every moment, the lists name all that is known.
 *
 * It never fails: evidence that is left over or lost only costs time.
 */
export async function keepEvidence(state: RunState, host: Host): Promise<void> {
  try {
    await (hasSeenEverything(state) ? keepLatest(state, host) : boundEvidence(state.run.input, host));
  } catch {
    // the next run tries again
  }
}

function hasSeenEverything({ run: { input, plan }, done, error }: RunState): boolean {
  if (!needsHeads(input.compare) || isAboutSomeKeys(input) || (error && !AFTER_ALL.has(error.Error))) return false;
  const hasEnded = (name: string) => done.some((phase) => phase.name === name);
  const copying = planPhases(input).filter(({ copy, write }) => copy && write);
  // the plan of another run has looked at the pairs that it has found equal, and this run has not
  if (plan && !hasEnded('plan')) return false;
  if (plan?.copies === 0) return true;
  return copying.length > 0 && copying.every(({ name }) => hasEnded(name));
}

async function keepLatest({ run }: RunState, host: Host): Promise<void> {
  const { runStore } = host;
  const indexes = await listAll(runStore, indexFolder(run.input));
  if (indexes.length === 0) return;
  const generation = generationOf(run);
  const isOwn = (name: string) => name.startsWith(`${indexFolder(run.input)}${generation}`);
  const listed = await readIndexes(runStore, indexes.filter(isOwn));
  const parts = [...new Map(listed.map((part) => [part.name, part])).values()];
  const latest = `${indexFolder(run.input)}${generation}.json`;
  await runStore.put(latest, JSON.stringify(parts));
  const stopAt = host.now() + MOST_DELETING_MS;
  const drop = (names: readonly string[]) => deleteAll(names, runStore, () => host.now() >= stopAt);
  await drop(indexes.filter((name) => name !== latest));
  await drop(await findUnlisted(runStore, partFolder(run.input), parts));
}

/**
 * Bounds how much evidence is kept. Runs that break off drop nothing of earlier runs, so each would add to it. Of these runs only
 * the last ones are kept, and the last run that saw everything. It never fails either: dropped evidence only costs time.
 */
export async function boundEvidence(input: SyncInput, host: Host): Promise<void> {
  if (!needsHeads(input.compare) || input.dryRun) return;
  try {
    const [indexes, parts] = await Promise.all([
      listAll(host.runStore, indexFolder(input)),
      listAll(host.runStore, partFolder(input)),
    ]);
    const files = [...indexes, ...parts];
    const kept = generationsToKeep(files.map(nameOf));
    // delete lists before parts: so no list ever names a part that is gone
    const late = host.now() + MOST_DELETING_MS;
    await deleteAll(
      files.filter((file) => !kept.has(generationIn(nameOf(file)))),
      host.runStore,
      () => host.now() >= late,
    );
  } catch {
    // the next run tries again
  }
}

function generationsToKeep(names: readonly string[]): ReadonlySet<string> {
  const latestFirst = [...new Set(names.map(generationIn))].sort().reverse();
  const whole = latestFirst.find((generation) => names.includes(`${generation}.json`));
  return new Set([...latestFirst.slice(0, MOST_GENERATIONS), ...(whole === undefined ? [] : [whole])]);
}

/** See `generationOf`. */
function generationIn(name: string): string {
  return /^\w+-[0-9a-f]{16}/.exec(name)?.[0] ?? '';
}

function nameOf(file: string): string {
  return file.slice(file.lastIndexOf('/') + 1);
}

async function findUnlisted(store: RunStore, folder: string, parts: readonly EvidencePart[]): Promise<string[]> {
  const listed = new Set(parts.map(({ name }) => name));
  return (await listAll(store, folder)).filter((name) => !listed.has(name));
}
