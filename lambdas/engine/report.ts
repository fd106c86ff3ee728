import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import type { ReportLine } from '../../statemachine/contract';
import type { RunStore } from './run-store';
import { writeOnce } from './write-once';

const LINES_PER_PART = 10_000;

/** The folder of a run in the run store. */
export function runFolder(runId: string): string {
  return `runs/${runId}`;
}

export type ReportFolder = 'actions' | 'failures';

/**
 * Writes what happened to each object, as JSON lines in gzip parts below the run's folder: `actions/` and, apart from
 * them so that they are found at once, `failures/`. Parts are written as they fill, so a crash loses the last one only.
 */
export class Report {
  readonly #parts: Readonly<Record<ReportFolder, ReportPart>>;

  /** @param writer  names the invocation that writes, so that a repeated one adds to the report and replaces nothing */
  constructor(store: RunStore, runId: string, writer: string) {
    this.#parts = {
      actions: new ReportPart(store, `${runFolder(runId)}/actions/${writer}`),
      failures: new ReportPart(store, `${runFolder(runId)}/failures/${writer}`),
    };
  }

  /** @returns a promise to wait for while a part is written */
  add(line: ReportLine): Promise<void> | undefined {
    return (line.error === undefined ? this.#parts.actions : this.#parts.failures).add(line);
  }

  /** @throws the first error that any part met */
  async close(): Promise<void> {
    await this.#parts.actions.close();
    await this.#parts.failures.close();
  }
}

class ReportPart {
  #lines: string[] = [];
  #written = 0;
  #error: unknown;

  constructor(
    private readonly store: RunStore,
    private readonly name: string,
  ) {}

  add(line: ReportLine): Promise<void> | undefined {
    this.#lines.push(JSON.stringify(line));
    return this.#lines.length < LINES_PER_PART ? undefined : this.#flush();
  }

  async close(): Promise<void> {
    await this.#flush();
    if (this.#error !== undefined) throw this.#error;
  }

  /** Keeps an error for `close`: that a report cannot be written is no failure of the object at hand. */
  async #flush(): Promise<void> {
    if (this.#lines.length === 0) return;
    const text = `${this.#lines.join('\n')}\n`;
    this.#lines = [];
    const name = `${this.name}-${this.#written++}.jsonl.gz`;
    try {
      // what is there can only be this very part, of a request whose answer was lost: the name is the invocation's own
      await writeOnce(this.store, name, await promisify(gzip)(text));
    } catch (error) {
      this.#error ??= error;
    }
  }
}

/** The first failures that a run reported, at most `limit`; one that a plan and the phase after it both met is one. */
export async function readFailures(store: RunStore, runId: string, limit: number): Promise<ReportLine[]> {
  const failures = new Map<string, ReportLine>();
  for await (const part of reportParts(store, runId, 'failures')) {
    for (const line of part) {
      failures.set(`${line.action} ${line.key}`, line);
      if (failures.size >= limit) return [...failures.values()];
    }
  }
  return [...failures.values()];
}

/** All that a run reported in one of its two folders, a part at a time. */
export async function* reportParts(store: RunStore, runId: string, which: ReportFolder): AsyncGenerator<ReportLine[]> {
  const folder = `${runFolder(runId)}/${which}/`;
  let names = await store.list(folder);
  while (names.length > 0) {
    for (const name of names) {
      const part = await store.get(name);
      if (part) yield parseLines(await promisify(gunzip)(part.body));
    }
    names = await store.list(folder, names.at(-1));
  }
}

function parseLines(body: Buffer): ReportLine[] {
  const lines = body.toString('utf8').split('\n').filter(Boolean);
  return lines.map((line) => JSON.parse(line) as ReportLine);
}
