import { printableJson } from '../../../statemachine/printable';
import { listAll, type RunStore, runFolder } from '../ports/run-store';
import { Tally, type TallyDocument } from './tally';
import { writeOnce } from './write-once';

/** How many parts one writer has written in each folder of the report. */
export interface PartCounts {
  readonly actions: number;
  readonly failures: number;
}

/** What the report of one Task adds up to. */
interface TallyFile {
  readonly tally: TallyDocument;
  readonly parts: PartCounts;
}

/** What the report of a run adds up to. */
export interface RunTally {
  /** What the plan found. Absent: there was none, or it found nothing. */
  readonly plan?: TallyDocument;
  /** What was done. */
  readonly work?: TallyDocument;
  /** What a verify phase found. */
  readonly verify?: TallyDocument;
  /** Files of the report, by the names below the run's folder. */
  readonly files: readonly string[];
  /** Not all tallies were read: there are too many, or some cannot be read. */
  readonly isIncomplete: boolean;
}

const PHASE = /\/(?<phase>plan|verify)-[^/]*$/;
/** A run of a hundred million objects has some hundreds. */
const MOST_TALLIES = 2_000;
const READS_AT_ONCE = 16;

export async function writeTally(store: RunStore, runId: string, writer: string, file: TallyFile): Promise<void> {
  await writeOnce(store, `${folderOf(runId)}${writer}.json`, printableJson(file));
}

/** Sums up what the Tasks of a run have written. A lost attempt counts as well, because it did what its file says. */
export async function readTallies(store: RunStore, runId: string, prefix: string): Promise<RunTally> {
  const names = await listAll(store, folderOf(runId));
  const sums = { plan: new Tally(prefix), work: new Tally(prefix), verify: new Tally(prefix) };
  const files: string[] = [];
  let isIncomplete = names.length > MOST_TALLIES;
  for (let index = 0; index < Math.min(names.length, MOST_TALLIES); index += READS_AT_ONCE) {
    const some = names.slice(index, index + READS_AT_ONCE);
    const read = await Promise.all(some.map((name) => readTally(store, name)));
    for (const [at, file] of read.entries()) {
      const name = some[at] ?? '';
      if (file) sums[phaseOf(name)].addAll(file.tally);
      if (file) files.push(...partsOf(name.slice(folderOf(runId).length, -'.json'.length), file.parts));
      else isIncomplete = true;
    }
  }
  const documents = Object.entries(sums).filter(([, sum]) => !sum.isEmpty);
  return {
    ...Object.fromEntries(documents.map(([name, sum]) => [name, sum.toDocument()])),
    files,
    isIncomplete,
  };
}

function folderOf(runId: string): string {
  return `${runFolder(runId)}/tallies/`;
}

function phaseOf(name: string): 'plan' | 'work' | 'verify' {
  return (PHASE.exec(name)?.groups?.phase as 'plan' | 'verify' | undefined) ?? 'work';
}

/** @returns undefined if it is not a tally of ours, or gone: a page with fewer numbers is better than none */
async function readTally(store: RunStore, name: string): Promise<TallyFile | undefined> {
  const found = await store.get(name);
  if (!found) return undefined;
  try {
    const file = JSON.parse(found.body.toString('utf8')) as TallyFile;
    new Tally().addAll(file.tally);
    return file;
  } catch {
    return undefined;
  }
}

function partsOf(writer: string, { actions, failures }: PartCounts): string[] {
  const names = (folder: string, parts: number) =>
    Array.from({ length: parts }, (_, part) => `${folder}/${writer}-${part}.jsonl.gz`);
  return [...names('actions', actions), ...names('failures', failures)];
}
