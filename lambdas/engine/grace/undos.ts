import * as z from 'zod';
import type { Run } from '../../../statemachine/contract';
import { LockUnsupportedError } from '../../../statemachine/errors';
import type { Host } from '../ports/host';
import type { RunStore, StoredFile } from '../ports/run-store';
import { PlaceOfDates } from './place-of-dates';

/** The folders of one bucket in which runs were undone. With more, the older ones count for the whole bucket. */
const MOST_FOLDERS = 100;

const undosSchema = z.array(z.object({ folder: z.string(), at: z.iso.datetime() }));
type Undos = z.output<typeof undosSchema>;

/** Undos of other folders of the bucket may be noted at the same time. */
const TRIES = 20;

/**
 * Notes that a run in a folder was undone. Readers have the former pages again, which name what were orphans of the run. So all
 * orphans there begin to wait anew with the next run.
 *
 * @throws Error  others write there all the time
 */
export async function noteUndo(
  { input, startedAt }: Pick<Run, 'input' | 'startedAt'>,
  host: Host,
  tries = TRIES,
): Promise<void> {
  const { undone, destinationFolder: folder } = new PlaceOfDates(input, host);
  const file = await host.runStore.get(undone);
  const undos = withUndo(readUndos(file) ?? [{ folder: '', at: startedAt }], { folder, at: startedAt });
  if (await replace(host.runStore, undone, JSON.stringify(undos), file?.version)) return undefined;
  if (tries === 1) throw new Error(`Could not note an undo in ${host.runStore.locate(undone)}: others write there`);
  return noteUndo({ input, startedAt }, host, tries - 1);
}

/** On a server without conditional writes, the last one to write wins. */
async function replace(store: RunStore, name: string, text: string, version: string | undefined): Promise<boolean> {
  try {
    return await store.replace(name, text, version);
  } catch (error) {
    if (!(error instanceof LockUnsupportedError)) throw error;
    await store.put(name, text);
    return true;
  }
}

function withUndo(known: Undos, { folder, at: startedAt }: Undos[number]): Undos {
  const others = known.filter((each) => each.folder !== folder);
  const [older, newer] = [others.slice(0, -(MOST_FOLDERS - 2)), others.slice(-(MOST_FOLDERS - 2))];
  const whole = older
    .map(({ at }) => at)
    .sort()
    .at(-1);
  return [...(whole === undefined ? [] : [{ folder: '', at: whole }]), ...newer, { folder, at: startedAt }];
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
  const undos = readUndos(await store.get(undone));
  if (!undos) return Number.POSITIVE_INFINITY;
  const here = undos.filter((each) => each.folder.startsWith(folder) || folder.startsWith(each.folder));
  return here.length === 0 ? undefined : Math.max(...here.map(({ at }) => Date.parse(at)));
}

/** @returns undefined if the file is damaged */
function readUndos(file: StoredFile | undefined): Undos | undefined {
  if (!file) return [];
  try {
    return undosSchema.safeParse(JSON.parse(file.body.toString('utf8'))).data;
  } catch {
    return undefined;
  }
}
