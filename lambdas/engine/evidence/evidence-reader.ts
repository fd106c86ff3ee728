import type { KeyRange, SyncInput } from '../../../statemachine/contract';
import { overlaps } from '../keys/key-range';
import { listAll, type RunStore } from '../ports/run-store';
import { PartBodies } from '../remembered/part-bodies';
import { FINGERPRINT_BYTES, findRecord } from '../remembered/records';
import { SortedParts } from '../remembered/sorted-parts';
import { type EvidencePart, fingerprint, indexFolder, type ProvenPair } from './evidence';

/** How many parts of 256 KiB are in memory: some for each walk, about the place where it is. */
const MOST_PARTS = 192;
const INDEXES_AT_ONCE = 16;

/** All parts that the given lists name. */
export async function readIndexes(store: RunStore, names: readonly string[]): Promise<EvidencePart[]> {
  const parts: EvidencePart[] = [];
  for (let index = 0; index < names.length; index += INDEXES_AT_ONCE) {
    const some = await Promise.all(names.slice(index, index + INDEXES_AT_ONCE).map((name) => store.get(name)));
    parts.push(...some.flatMap((found) => (found ? (JSON.parse(found.body.toString('utf8')) as EvidencePart[]) : [])));
  }
  return parts;
}

/**
 * Reads what earlier runs, and earlier phases of this run, have proved about pairs in some ranges. The lists are read when they
 * are first needed, and a part only when a key of it comes, so memory does not grow with the number of pairs. If something
 * cannot be read, it counts as unknown and is proved again.
 */
export class EvidenceReader {
  #parts: SortedParts<EvidencePart> | undefined;
  #opened: Promise<void> | undefined;
  readonly #bodies: PartBodies;

  constructor(
    private readonly store: RunStore,
    private readonly input: SyncInput,
    private readonly ranges: readonly KeyRange[],
  ) {
    this.#bodies = new PartBodies(MOST_PARTS, (name) =>
      store.get(name).then(
        (found) => found?.body ?? Buffer.alloc(0),
        () => Buffer.alloc(0),
      ),
    );
  }

  /** Whether the pair is known to be equal. The answer comes at once if its part is in memory, as it nearly always is. */
  has(pair: ProvenPair): boolean | Promise<boolean> {
    if (!this.#parts) return this.#open().then(() => this.has(pair));
    const wanted = fingerprint(pair);
    for (const { name } of this.#parts.of(pair.key)) {
      const body = this.#bodies.get(name);
      if (body instanceof Promise) return this.#search(pair.key, wanted);
      if (holds(body, wanted)) return true;
    }
    return false;
  }

  async #search(key: string, wanted: Buffer): Promise<boolean> {
    for (const { name } of this.#parts?.of(key) ?? []) {
      if (holds(await this.#bodies.get(name), wanted)) return true;
    }
    return false;
  }

  #open(): Promise<void> {
    this.#opened ??= this.#readParts()
      .catch(() => [])
      .then((parts) => {
        this.#parts = new SortedParts(parts);
      });
    return this.#opened;
  }

  async #readParts(): Promise<EvidencePart[]> {
    const parts = await readIndexes(this.store, await listAll(this.store, indexFolder(this.input)));
    return parts.filter((part) => this.ranges.some((range) => overlaps(range, part)));
  }
}

/** Whether a part holds a fingerprint. The fingerprints are sorted. */
function holds(body: Buffer, wanted: Buffer): boolean {
  return findRecord(body, wanted, FINGERPRINT_BYTES) !== undefined;
}
