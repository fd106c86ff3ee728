import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { KeyRange } from '../../../statemachine/contract';
import { compareKeys } from '../keys/compare-keys';
import { Lanes, type Part } from '../keys/lanes';
import { ownText } from '../keys/own-text';
import { type RunStore, runFolder } from '../ports/run-store';
import { writeOnce } from '../report/write-once';
import { nameOfTask, type PlanPart, planFolder, sha256, sumOf } from './plan-index';
import { type PlannedAction, totalsOf, type Weight, weightOf } from './planned-action';

/** A part is full with this many characters, because a reader holds a whole part in memory. */
const CHARACTERS_PER_PART = 512 * 1024;
/** Large objects fill a part sooner, so that Tasks can share them. */
const BYTES_PER_PART = 64 * 1024 ** 3;
/** For all lanes of a Task together. */
const MOST_PARTS_AT_HAND = 8;

/** Takes what one walk plans. */
export interface PlanLane {
  /** @returns a promise to wait for while a part is written */
  add(action: PlannedAction): Promise<void> | undefined;
}

/** An action as a part has it. */
interface Line extends Weight {
  readonly key: string;
  readonly text: string;
}

/** Keeps what a Task plans: lines of JSON in the order of their keys, compressed by gzip, in parts below the run's folder. */
export class PlanWriter {
  readonly #lanes: Lanes<Line>;
  readonly #parts: PlanPart[] = [];
  #written = 0;
  #writing: Promise<void> = Promise.resolve();
  #error: unknown;

  /** @param writer  names the Task and its attempt, so that a repeated Task replaces nothing @param ranges  of the Task */
  constructor(
    private readonly store: RunStore,
    private readonly runId: string,
    private readonly writer: string,
    ranges: readonly KeyRange[],
  ) {
    this.#lanes = new Lanes(MOST_PARTS_AT_HAND, (part) => this.#write(part), ranges);
  }

  openLane(): PlanLane {
    const lane = this.#lanes.open();
    return {
      add: (planned) => {
        const { key } = planned;
        const weight = weightOf(planned);
        const text = JSON.stringify(planned);
        const size = Math.max(text.length / CHARACTERS_PER_PART, weight.sizeBytes / BYTES_PER_PART);
        return lane.add(key, { key: ownText(key), text, ...weight }, size);
      },
    };
  }

  /**
   * @returns whether anything was planned
   * @throws the first error that any part met: without it, the plan would lack actions
   */
  async close(): Promise<boolean> {
    await this.#lanes.flush();
    await this.#writing;
    if (this.#error !== undefined) throw this.#error;
    if (this.#parts.length === 0) return false;
    await writeOnce(this.store, nameOfTask(this.runId, this.writer), JSON.stringify(this.#parts));
    return true;
  }

  #write({ things, first, last }: Part<Line>): Promise<void> {
    const name = `${planFolder(this.runId)}/parts/${this.writer}-${this.#written++}.jsonl.gz`;
    this.#writing = this.#writing
      .then(async () => {
        const stored = { name: name.slice(runFolder(this.runId).length + 1), sha256: await this.#store(name, things) };
        this.#parts.push({ ...stored, first, last, ...sumOf(things.map(totalsOf)) });
      })
      .catch((error) => {
        this.#error ??= error;
      });
    return this.#writing;
  }

  /** @returns the checksum of the part */
  async #store(name: string, lines: readonly Line[]): Promise<string> {
    const sorted = [...lines].sort((a, b) => compareKeys(a.key, b.key));
    const body = await promisify(gzip)(`${sorted.map(({ text }) => text).join('\n')}\n`);
    await writeOnce(this.store, name, body);
    return sha256(body);
  }
}
