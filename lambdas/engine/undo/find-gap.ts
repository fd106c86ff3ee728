import { type RunStore, runFolder } from '../ports/run-store';
import { listParts } from '../report/report-parts';
import { readTallies } from '../report/tally-file';

/** Files about what a run has found, not about what it has done. */
const LOOKING = /\/(plan|verify)-[^/]*$/;

/**
 * Looks for the files of a report that say what a run has written. Without one of them, its undo would leave out keys and still
 * end well.
 *
 * @param writes  how many objects the run has copied or deleted
 * @returns why the report does not say all; undefined: it does
 */
export async function findGap(runId: string, writes: number, store: RunStore): Promise<string | undefined> {
  const folder = `${runFolder(runId)}/`;
  const parts = [...(await listParts(store, runId, 'actions')), ...(await listParts(store, runId, 'failures'))];
  const found = new Set(parts.map(({ name }) => name));
  const { files } = await readTallies(store, runId, '');
  const gone = files.filter((file) => !LOOKING.test(file) && !found.has(folder + file));
  const [first] = gone;
  if (first !== undefined)
    return `${gone.length === 1 ? 'a file' : `${gone.length} files`} of its report ${gone.length === 1 ? 'is' : 'are'} gone, such as ${first}`;
  const isEmpty = ![...found].some((name) => !LOOKING.test(name));
  return isEmpty && writes > 0 ? 'its report is gone, which named the objects that it has written' : undefined;
}
