import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { ReportLine } from '../../../statemachine/contract';
import { printableJson } from '../../../statemachine/printable';
import { type RunStore, runFolder } from '../ports/run-store';
import { writeOnce } from './write-once';

const LINES_PER_PART = 10_000;
/** Long keys and messages fill a part with fewer lines: whoever reads it has it in memory. */
const CHARACTERS_PER_PART = 16 * 1024 ** 2;

export type ReportFolder = 'actions' | 'failures';

/**
 * Writes what happened to each object, as JSON lines in gzip parts below the run's folder: `actions/` and, apart from
 * them so that they are found at once, `failures/`. Parts are written as they fill, so a crash loses the last one only.
 */
export class Report {
  readonly #parts: Readonly<Record<ReportFolder, PartWriter>>;

  /** @param writer  names the invocation that writes, so that a repeated one adds to the report and replaces nothing */
  constructor(store: RunStore, runId: string, writer: string) {
    this.#parts = {
      actions: new PartWriter(store, `${runFolder(runId)}/actions/${writer}`),
      failures: new PartWriter(store, `${runFolder(runId)}/failures/${writer}`),
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

class PartWriter {
  #lines: string[] = [];
  #characters = 0;
  #written = 0;
  #error: unknown;

  constructor(
    private readonly store: RunStore,
    private readonly name: string,
  ) {}

  add(line: ReportLine): Promise<void> | undefined {
    const text = printableJson(line);
    this.#lines.push(text);
    this.#characters += text.length;
    const isFull = this.#lines.length >= LINES_PER_PART || this.#characters >= CHARACTERS_PER_PART;
    return isFull ? this.#flush() : undefined;
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
    this.#characters = 0;
    const name = `${this.name}-${this.#written++}.jsonl.gz`;
    try {
      // what is there can only be this very part, of a request whose answer was lost: the name is the invocation's own
      await writeOnce(this.store, name, await promisify(gzip)(text));
    } catch (error) {
      this.#error ??= error;
    }
  }
}
