import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import type { Phase, ReportLine } from '../../statemachine/contract';
import { type ReportFolder, runFolder } from './report';
import type { RunStore } from './run-store';

/** One part of a report. Its name says who wrote it; see `RangeTask`. */
export interface ReportPart {
  readonly name: string;
  readonly folder: ReportFolder;
  readonly phase: Phase['name'];
  /** One pass of a phase through a side, such as `sync-copy`. It decides each key once. */
  readonly loop: string;
  /** Names the range within the run, such as `sync-copy-0-3`. */
  readonly range: string;
  /** An attempt at the range. */
  readonly invocation: string;
}

const NAME =
  /\/(?<range>(?<loop>(?<phase>plan|sync|assets|pages|deletes|verify)-\w+)-\d+-\d+)-(?<invocation>[^/]+)-\d+\.jsonl\.gz$/;

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

/** The lines of a part, none if it is gone; what an older version left out of them is filled in from the part's name. */
export async function readPart(store: RunStore, { name, phase }: ReportPart): Promise<ReportLine[]> {
  const part = await store.get(name);
  if (!part) return [];
  const text = (await promisify(gunzip)(part.body)).toString('utf8');
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => complete(JSON.parse(line) as ReportLine, phase));
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
