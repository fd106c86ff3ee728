import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { ReportLine } from '../../../statemachine/contract';
import { printableJson } from '../../../statemachine/printable';
import { type RunStore, runFolder } from '../ports/run-store';
import { Tally } from './tally';
import { writeTally } from './tally-file';
import { writeOnce } from './write-once';

const LINES_PER_PART = 10_000;
/** With long keys and messages, fewer lines fill a part, because a reader holds a whole part in memory. */
const CHARACTERS_PER_PART = 16 * 1024 ** 2;

export type ReportFolder = 'actions' | 'failures';

/**
 * Writes what happened to each object: lines of JSON, compressed by gzip, in parts below the run's folder. Failures are in a
 * folder of their own, so that they are found at once: `actions/` and `failures/`. A part is written when it is full, so a crash
 * loses only the last part. What all lines add up to is a file in `tallies/`.
 */
export class Report {
  readonly #parts: Readonly<Record<ReportFolder, PartWriter>>;
  readonly #tally: Tally;

  /**
   * @param writer  the name of the invocation, so that a repeated Task adds to the report and replaces nothing
   * @param prefix  the folder of the source that is mirrored
   */
  constructor(
    private readonly store: RunStore,
    private readonly runId: string,
    private readonly writer: string,
    prefix?: string,
  ) {
    this.#tally = new Tally(prefix);
    this.#parts = {
      actions: new PartWriter(store, `${runFolder(runId)}/actions/${writer}`),
      failures: new PartWriter(store, `${runFolder(runId)}/failures/${writer}`),
    };
  }

  /** @returns a promise to wait for while a part is written */
  add(line: ReportLine): Promise<void> | undefined {
    this.#tally.add(line);
    return (line.error === undefined ? this.#parts.actions : this.#parts.failures).add(line);
  }

  /** @throws the first error that any part met */
  async close(): Promise<void> {
    await this.#parts.actions.close();
    await this.#parts.failures.close();
    if (this.#tally.isEmpty) return;
    const parts = { actions: this.#parts.actions.written, failures: this.#parts.failures.written };
    await writeTally(this.store, this.runId, this.writer, { tally: this.#tally.toDocument(), parts });
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

  /** How many parts there are. */
  get written(): number {
    return this.#written;
  }

  async close(): Promise<void> {
    await this.#flush();
    if (this.#error !== undefined) throw this.#error;
  }

  /** Keeps an error for `close`: if the report cannot be written, the current object has not failed. */
  async #flush(): Promise<void> {
    if (this.#lines.length === 0) return;
    const text = `${this.#lines.join('\n')}\n`;
    this.#lines = [];
    this.#characters = 0;
    const name = `${this.name}-${this.#written++}.jsonl.gz`;
    try {
      // if the name is taken, this part was already written by a request whose answer was lost: no other invocation uses the name
      await writeOnce(this.store, name, await promisify(gzip)(text));
    } catch (error) {
      this.#error ??= error;
    }
  }
}
