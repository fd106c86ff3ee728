import type { KeyRange, Run } from '../../../statemachine/contract';
import { Lanes, type Part } from '../keys/lanes';
import type { RunStore } from '../ports/run-store';
import { generationOf } from '../remembered/files';
import { type EvidencePart, fingerprint, indexFolder, type ProvenPair, partFolder } from './evidence';

/** 256 KiB. */
const PAIRS_PER_PART = 16_384;
/** For all walks of a Task together. */
const MOST_PARTS_AT_HAND = 16;

/** Takes what one walk proves. */
export interface EvidenceLane {
  /** @returns a promise to wait for while a part is written */
  add(pair: ProvenPair): Promise<void> | undefined;
}

/**
 * Writes down which pairs a Task has proved equal. When a part is full, it is written, followed by the list of all parts so far.
 * So a crash loses only the last parts. If the run store rejects a write, this run does not fail: the next run proves those
 * pairs again.
 */
export class EvidenceWriter {
  readonly #lanes: Lanes<string>;
  readonly #parts: EvidencePart[] = [];
  readonly #writer: string;
  #lastWrite: Promise<void> = Promise.resolve();

  /** @param invocationId  unique, so that a repeated Task replaces nothing @param ranges  of the Task */
  constructor(
    private readonly store: RunStore,
    private readonly run: Run,
    invocationId: string,
    ranges: readonly KeyRange[],
  ) {
    this.#lanes = new Lanes(MOST_PARTS_AT_HAND, (part) => this.#write(part), ranges);
    this.#writer = `${generationOf(run)}-${invocationId}`;
  }

  openLane(): EvidenceLane {
    const lane = this.#lanes.open();
    return { add: (pair) => lane.add(pair.key, fingerprint(pair).toString('hex'), 1 / PAIRS_PER_PART) };
  }

  async close(): Promise<void> {
    await this.#lanes.flush();
    await this.#lastWrite;
  }

  #write({ things, first, last }: Part<string>): Promise<void> {
    const name = `${partFolder(this.run.input)}${this.#writer}-${this.#parts.length}`;
    this.#parts.push({ name, first, last });
    const index = JSON.stringify(this.#parts);
    const body = Buffer.from([...things].sort().join(''), 'hex');
    this.#lastWrite = this.#lastWrite
      .then(() => this.store.put(name, body))
      .then(() => this.store.put(`${indexFolder(this.run.input)}${this.#writer}.json`, index))
      .catch(() => {});
    return this.#lastWrite;
  }
}
