import type { Run } from '../../../statemachine/contract';
import { compareKeys } from '../keys/compare-keys';
import type { RunStore } from '../ports/run-store';
import { type EvidencePart, fingerprint, generationOf, indexFolder, type ProvenPair, partFolder } from './evidence';

/** 256 KiB. */
const PAIRS_PER_PART = 16_384;
/** Of all walks of a Task together. */
const MOST_PAIRS_AT_HAND = 16 * PAIRS_PER_PART;

/** What one walk proves, which is about neighbours: its parts say little about the keys of others. */
export interface EvidenceLane {
  /** @returns a promise to wait for while a part is written */
  add(pair: ProvenPair): Promise<void> | undefined;
}

/**
 * Writes down which pairs a Task has proved equal. Parts are written as they fill, each followed by the list of all parts so
 * far, so that a crash loses the last ones only. If the run store refuses, the next run has to prove those pairs again: that
 * is no failure of this one.
 */
export class EvidenceWriter {
  readonly #lanes = new Set<Lane>();
  readonly #parts: EvidencePart[] = [];
  readonly #writer: string;
  #pairsAtHand = 0;
  #lastWrite: Promise<void> = Promise.resolve();

  /** @param invocationId  unlike that of any other, so that a repeated Task replaces nothing */
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

  /** Few pairs of many walks become few parts. */
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

  /** Copies end in another order than they began in. */
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
