import type { RunState } from '../../../statemachine/contract';
import { isAboutSomeKeys } from '../../../statemachine/some-keys';
import type { Host } from '../ports/host';
import { listAll } from '../ports/run-store';
import { deleteAll, generationOf } from '../remembered/files';
import { fileOf, folderOfParts, partsOf } from './place-of-waymarks';
import { LEAST_OBJECTS, type Waymark } from './waymark';
import { fitting, formatWaymarks, parseWaymarks } from './waymark-file';

const READS_AT_ONCE = 32;

/** When this time is over, the rest is left to the next run. */
const MOST_DELETING_MS = 60_000;

/**
 * Puts together what the Tasks of a run have left. A run of one Task has kept its waymarks already. It never fails: lost waymarks only
 * cost time.
 *
 * @param hasLooked  whether the run has come to the end of both sides, although it failed
 */
export async function keepWaymarks(state: RunState, hasLooked: boolean, host: Host): Promise<void> {
  const { run, done } = state;
  const walked = walkedPhase(state);
  if (!walked || walked.copy.ranges < 2 || walked.copy.counters.listed < LEAST_OBJECTS) return;
  try {
    const { runStore } = host;
    const parts = await listAll(runStore, folderOfParts(run));
    const own = parts.filter((name) => name.startsWith(partsOf(run, walked.name)));
    const isWhole = hasLooked || walked !== done.at(-1);
    if (isWhole) await runStore.put(fileOf(run), formatWaymarks(await readAll(own, state, host)));
    const latest = `${folderOfParts(run)}${generationOf(run)}`;
    const stopAt = host.now() + MOST_DELETING_MS;
    // others may be of a killed run; later ones are of a run that is at work
    const dropped = parts.filter((name) => name < latest || name.startsWith(latest));
    await deleteAll(dropped, runStore, () => host.now() >= stopAt);
  } catch {
    // the next run tries again
  }
}

/** The first phase whose copy loop has walked the buckets. */
function walkedPhase({ run, done }: RunState): RunState['done'][number] | undefined {
  const planned = done.find(({ name }) => name === 'plan');
  if (isAboutSomeKeys(run.input) || (run.plan && !planned)) return undefined;
  return done.find(({ name, copy }) => name !== 'verify' && copy.ranges > 0);
}

async function readAll(names: readonly string[], { run }: RunState, { runStore }: Host): Promise<Waymark[]> {
  let all: Waymark[] = [];
  const folders = [run.input.prefix, run.input.destinationPrefix];
  const read = async (name: string) => {
    const file = await runStore.get(name);
    return (file && parseWaymarks(file.body, folders)) ?? [];
  };
  for (let index = 0; index < names.length; index += READS_AT_ONCE) {
    const found = await Promise.all(names.slice(index, index + READS_AT_ONCE).map(read));
    all = fitting([...all, ...found.flat()]);
  }
  return all;
}
