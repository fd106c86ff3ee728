import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import type { Phase, ReportLine } from '../../../statemachine/contract';
import { type RunStore, runFolder } from '../ports/run-store';
import type { ReportFolder } from './report';

/** One part of a report. Its name says which Task wrote it; see `range-task.ts`. */
export interface ReportPart {
  readonly name: string;
  readonly folder: ReportFolder;
  readonly phase: Phase['name'];
  /** A loop of a phase, such as `sync-copy`. It decides about each key once. */
  readonly loop: string;
  /** The range within the run, such as `sync-copy-0-3`. */
  readonly range: string;
  /** The attempt at the range. */
  readonly invocation: string;
}

const NAME =
  /\/(?<range>(?<loop>(?<phase>plan|sync|assets|pages|step-\d+|first-deletes|deletes|verify)-\w+)-\d+-\d+)-(?<invocation>[^/]+)-\d+\.jsonl\.gz$/;

/** More than twice the size of any part that bucketsync writes. A few compressed bytes could unpack to more than the memory holds. */
const LONGEST_PART_BYTES = 128 * 1024 ** 2;

/** All parts in one of a report's two folders. */
export async function listParts(store: RunStore, runId: string, folder: ReportFolder): Promise<ReportPart[]> {
  const below = `${runFolder(runId)}/${folder}/`;
  const parts: ReportPart[] = [];
  let names = await store.list(below);
  while (names.length > 0) {
    parts.push(...names.map((name) => describePart(name, folder)));
    names = await store.list(below, names.at(-1));
  }
  return parts;
}

function describePart(name: string, folder: ReportFolder): ReportPart {
  const { phase = 'sync', loop = name, range = name, invocation = '' } = NAME.exec(name)?.groups ?? {};
  return { name, folder, phase: phase as Phase['name'], loop, range, invocation };
}

/** The lines of a part; none if the part is gone. Fields that older versions did not write are filled in from the part's name. */
export async function readPart(store: RunStore, { name, phase }: ReportPart): Promise<ReportLine[]> {
  const part = await store.get(name);
  if (!part) return [];
  const text = await unpack(part.body, () => store.locate(name));
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => complete(JSON.parse(line) as ReportLine, phase));
}

/** @throws Error  bucketsync did not write this part */
async function unpack(body: Buffer, locate: () => string): Promise<string> {
  try {
    return (await promisify(gunzip)(body, { maxOutputLength: LONGEST_PART_BYTES })).toString('utf8');
  } catch (cause) {
    const reason = isTooLong(cause) ? 'more' : String(cause);
    throw new Error(
      `Expected ${locate()} to be gzip of ${LONGEST_PART_BYTES / 1024 ** 2} MiB at most, got ${reason}. ` +
        'It is no part of a report that bucketsync wrote: move it out of that folder',
      { cause },
    );
  }
}

function isTooLong(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE';
}

function complete(line: ReportLine, phase: Phase['name']): ReportLine {
  if (line.outcome !== undefined) return line;
  const compared = phase === 'verify' && line.action !== 'skip';
  const succeeded = compared ? 'differs' : phase === 'plan' ? 'planned' : 'done';
  return {
    ...line,
    phase,
    action: compared ? 'compare' : line.action,
    outcome: line.error === undefined ? succeeded : 'failed',
  };
}
