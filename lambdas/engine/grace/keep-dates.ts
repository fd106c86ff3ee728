import type { Run, RunState } from '../../../statemachine/contract';
import type { Host } from '../ports/host';
import { listAll, type RunStore } from '../ports/run-store';
import { deleteAll, generationOf } from '../remembered/files';
import { type FoundIndex, type IndexFile, readIndexes } from './index-file';
import { areWithin, type Layer, stack } from './layers';
import { PlaceOfDates } from './place-of-dates';

/** When this time is over, the rest is left to the next run. */
const MOST_DELETING_MS = 60_000;

/** The run may have lost its lock, so another one may be at work. */
const MAY_BE_OTHERS: ReadonlySet<string> = new Set(['AlreadyRunningError', 'InterruptedError']);

/**
 * At the end of a run, joins the lists of its Tasks, and deletes older parts in which no date holds any longer. It never fails: parts
 * that are left over only take up room.
 *
 * @returns files that this run could not use
 */
export async function keepDates(state: Ended, host: Host): Promise<string[]> {
  const { run, error } = state;
  if (error && MAY_BE_OTHERS.has(error.Error)) return [];
  const mark = hasPublished(state) ? unchanged : asUnpublished(run);
  try {
    return await tidyDates(run, host, (file) => file.isDamaged, mark);
  } catch {
    return []; // the next run tries again
  }
}

type Ended = Pick<RunState, 'run' | 'error' | 'done' | 'phases'>;

/** A run that ended before its deletes has not copied everything: readers have the former pages, which use what are orphans of the run. */
function hasPublished({ error, done, phases }: Ended): boolean {
  const begun = [...done, ...phases.slice(0, 1)].map(({ name }) => name);
  return error === undefined || begun.some((name) => name === 'sync' || name.endsWith('deletes'));
}

type Mark = (file: FoundIndex) => FoundIndex;

const unchanged: Mark = (file) => file;

function asUnpublished(run: Run): Mark {
  const unpublished = Date.parse(run.startedAt);
  const mark = (layer: Layer) => (layer.generation === generationOf(run) ? { ...layer, unpublished } : layer);
  return (file) => ({ ...file, layers: file.layers.map(mark) });
}

/** The same before a run on this machine, because the run before may have been killed. Damaged files are left for the end. */
export async function boundDates(run: Run, host: Host): Promise<void> {
  await tidyDates(run, host, () => false).catch(() => {});
}

/**
 * At every moment, the lists name all dates that hold.
 *
 * @param alsoTakes  whether a list is done away with although it may be about keys that the run does not look at
 * @throws  the run store could not be read or written
 */
async function tidyDates(
  run: Run,
  host: Host,
  alsoTakes: (file: FoundIndex) => boolean,
  mark = unchanged,
): Promise<string[]> {
  const { deleteAfter, dryRun, startAfter } = run.input;
  if (deleteAfter === undefined || dryRun || !run.input.delete) return [];
  const { runStore } = host;
  const place = new PlaceOfDates(run.input, host);
  const scope = place.rangeOf(startAfter === undefined ? {} : { after: startAfter });
  const files = await readIndexes(runStore, await listAll(runStore, place.indexes));
  // others may be of a run that is at work in another folder
  const own = files.filter((file) => (file.isDamaged ? alsoTakes(file) : areWithin(scope, file.layers))).map(mark);
  const latest = `${place.indexes}${generationOf(run)}.json`;
  await putTogether(own, latest, {
    runStore,
    isTooLate: until(host),
    isAlone: own.length === files.length,
    isMarked: mark !== unchanged,
  });
  return damagedIn(own, run);
}

interface Tidying {
  readonly runStore: RunStore;
  readonly isTooLate: () => boolean;
  /** Nothing else is known about the mirror. */
  readonly isAlone: boolean;
  /** The lists differ from those that were read. */
  readonly isMarked: boolean;
}

async function putTogether(files: readonly FoundIndex[], latest: string, tidying: Tidying): Promise<void> {
  const { runStore, isTooLate, isAlone, isMarked } = tidying;
  const layers = stack(files.flatMap((file) => file.layers));
  const kept = new Set(layers.flatMap(({ parts }) => parts.map(({ name }) => name)));
  const named = files.flatMap((file) => [
    ...file.layers.flatMap(({ parts }) => parts.map(({ name }) => name)),
    ...(file.dropped ?? []),
  ]);
  const dropped = [...new Set(named)].filter((name) => !kept.has(name));
  const isTidy = !isMarked && files.length === 1 && dropped.length === 0 && (kept.size > 0 || !isAlone);
  if (files.length === 0 || isTidy) return;
  const write = (file: IndexFile) => runStore.put(latest, JSON.stringify(file));
  await write({ layers, ...(dropped.length > 0 && { dropped }) });
  const others = files.map(({ name }) => name).filter((name) => name !== latest);
  if ((await deleteAll(others, runStore, isTooLate)).length > 0) return;
  const left = await deleteAll(dropped, runStore, isTooLate);
  if (left.length === 0 && kept.size === 0 && isAlone) await runStore.delete(latest);
  else if (dropped.length > 0) await write({ layers, ...(left.length > 0 && { dropped: left }) });
}

function damagedIn(files: readonly FoundIndex[], run: Run): string[] {
  const lists = files.filter(({ isDamaged }) => isDamaged).map(({ name }) => name);
  const ofRun = files.filter(({ layers }) => layers.some(({ generation }) => generation === generationOf(run)));
  return [...new Set([...lists, ...ofRun.flatMap(({ damaged = [] }) => damaged)])].sort();
}

function until(host: Pick<Host, 'now'>): () => boolean {
  const stopAt = host.now() + MOST_DELETING_MS;
  return () => host.now() >= stopAt;
}
