import type { Run } from '../../../statemachine/contract';
import { compareKeys } from '../keys/compare-keys';
import type { RunStore } from '../ports/run-store';
import { type EvidencePart, fingerprint, generationOf, indexFolder, type ProvenPair, partFolder } from './evidence';

/** 256 KiB. */
const PAIRS_PER_PART = 16_384;
/** For all walks of a Task together. */
const MOST_PAIRS_AT_HAND = 16 * PAIRS_PER_PART;

/** Takes what one walk proves. A walk meets neighbouring keys, so its parts cover a narrow range of keys. */
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
  readonly #lanes = new Set<Lane>();
  readonly #parts: EvidencePart[] = [];
  readonly #writer: string;
  #pairsAtHand = 0;
  #lastWrite: Promise<void> = Promise.resolve();

  /** @param invocationId  unique, so that a repeated Task replaces nothing */
  constructor(
    private readonly store: RunStore,
    private readonly run: Run,
    invocationId: string,
  ) {
    this.#writer = `${generationOf(run)}-${invocationId}`;
  }

  openLane(): EvidenceLane {
    const lane = new Lane();
    this.#lanes.add(lane);
    return { add: (pair) => this.#add(lane, pair) };
  }

  async close(): Promise<void> {
    await this.#flushAll();
  }

  #add(lane: Lane, pair: ProvenPair): Promise<void> | undefined {
    lane.add(pair);
    this.#pairsAtHand += 1;
    if (lane.size >= PAIRS_PER_PART) return this.#write([lane]);
    return this.#pairsAtHand < MOST_PAIRS_AT_HAND ? undefined : this.#flushAll();
  }

  /** Walks with few pairs share a part. */
  async #flushAll(): Promise<void> {
    const lanes = [...this.#lanes].filter(({ size }) => size > 0).sort((a, b) => compareKeys(a.first, b.first));
    let together: Lane[] = [];
    for (const lane of lanes) {
      together.push(lane);
      if (sizeOf(together) < PAIRS_PER_PART) continue;
      void this.#write(together);
      together = [];
    }
    void this.#write(together);
    await this.#lastWrite;
  }

  #write(lanes: readonly Lane[]): Promise<void> {
    const size = sizeOf(lanes);
    if (size === 0) return this.#lastWrite;
    const taken = lanes.map((lane) => lane.take());
    this.#pairsAtHand -= size;
    const name = `${partFolder(this.run.input)}${this.#writer}-${this.#parts.length}`;
    this.#parts.push({
      name,
      first: taken.map(({ first }) => first).reduce((a, b) => (compareKeys(a, b) <= 0 ? a : b)),
      last: taken.map(({ last }) => last).reduce((a, b) => (compareKeys(a, b) >= 0 ? a : b)),
    });
    const index = JSON.stringify(this.#parts);
    const body = Buffer.from(
      taken
        .flatMap(({ fingerprints }) => fingerprints)
        .sort()
        .join(''),
      'hex',
    );
    this.#lastWrite = this.#lastWrite
      .then(() => this.store.put(name, body))
      .then(() => this.store.put(`${indexFolder(this.run.input)}${this.#writer}.json`, index))
      .catch(() => {});
    return this.#lastWrite;
  }
}

class Lane {
  #fingerprints: string[] = [];
  #first = '';
  #last = '';

  get size(): number {
    return this.#fingerprints.length;
  }

  get first(): string {
    return this.#first;
  }

  /** Keys come in no order, because copies end in another order than they begin. */
  add(pair: ProvenPair): void {
    const { key } = pair;
    if (this.size === 0 || compareKeys(key, this.#first) < 0) this.#first = key;
    if (this.size === 0 || compareKeys(key, this.#last) > 0) this.#last = key;
    this.#fingerprints.push(fingerprint(pair).toString('hex'));
  }

  take(): { readonly fingerprints: string[]; readonly first: string; readonly last: string } {
    const fingerprints = this.#fingerprints;
    this.#fingerprints = [];
    return { fingerprints, first: this.#first, last: this.#last };
  }
}

function sizeOf(lanes: readonly Lane[]): number {
  return lanes.reduce((sum, { size }) => sum + size, 0);
}
