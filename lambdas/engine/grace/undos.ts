import * as z from 'zod';
import type { Run } from '../../../statemachine/contract';
import type { Host } from '../ports/host';
import type { RunStore } from '../ports/run-store';
import { PlaceOfDates } from './place-of-dates';

/** The folders of one bucket in which runs were undone. With more, the older ones count for the whole bucket. */
const MOST_FOLDERS = 100;

const undosSchema = z.array(z.object({ folder: z.string(), at: z.iso.datetime() }));
type Undos = z.output<typeof undosSchema>;

/**
 * Notes that a run in a folder was undone. Readers have the former pages again, which name what were orphans of the run. So all
 * orphans there begin to wait anew with the next run.
 */
export async function noteUndo({ input, startedAt }: Run, host: Host): Promise<void> {
  const { undone, destinationFolder: folder } = new PlaceOfDates(input, host);
  const known = (await readUndos(undone, host.runStore)) ?? [{ folder: '', at: startedAt }];
  const others = known.filter((each) => each.folder !== folder);
  const [older, newer] = [others.slice(0, -(MOST_FOLDERS - 2)), others.slice(-(MOST_FOLDERS - 2))];
  const whole = older
    .map(({ at }) => at)
    .sort()
    .at(-1);
  const undos: Undos = [
    ...(whole === undefined ? [] : [{ folder: '', at: whole }]),
    ...newer,
    { folder, at: startedAt },
  ];
  await host.runStore.put(undone, JSON.stringify(undos));
}

/**
 * When a run was undone in a folder the last time: older dates there no longer hold.
 *
 * @returns milliseconds since 1970; undefined if there was none; infinite if the file is damaged, so that no date holds
 */
export async function lastUndo(
  { undone, destinationFolder: folder }: PlaceOfDates,
  store: RunStore,
): Promise<number | undefined> {
  const undos = await readUndos(undone, store);
  if (!undos) return Number.POSITIVE_INFINITY;
  const here = undos.filter((each) => each.folder.startsWith(folder) || folder.startsWith(each.folder));
  return here.length === 0 ? undefined : Math.max(...here.map(({ at }) => Date.parse(at)));
}

/** @returns undefined if the file is damaged */
async function readUndos(name: string, store: RunStore): Promise<Undos | undefined> {
  const file = await store.get(name);
  if (!file) return [];
  try {
    return undosSchema.safeParse(JSON.parse(file.body.toString('utf8'))).data;
  } catch {
    return undefined;
  }
}
