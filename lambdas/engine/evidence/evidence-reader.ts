import type { KeyRange, SyncInput } from '../../../statemachine/contract';
import { compareKeys } from '../keys/compare-keys';
import { countUpTo, overlaps } from '../keys/key-range';
import { listAll, type RunStore } from '../ports/run-store';
import { type EvidencePart, FINGERPRINT_BYTES, fingerprint, indexFolder, type ProvenPair } from './evidence';

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
  #parts: readonly EvidencePart[] | undefined;
  /** For each part the greatest `last` of this part and all parts before it. */
  #lasts: readonly string[] = [];
  #opened: Promise<void> | undefined;
  readonly #bodies = new Map<string, Buffer | Promise<Buffer>>();

  constructor(
    private readonly store: RunStore,
    private readonly input: SyncInput,
    private readonly ranges: readonly KeyRange[],
  ) {}

  /** Whether the pair is known to be equal. The answer comes at once if its part is in memory, as it nearly always is. */
  has(pair: ProvenPair): boolean | Promise<boolean> {
    if (!this.#parts) return this.#open().then(() => this.has(pair));
    const wanted = fingerprint(pair);
    for (const { name } of this.#partsOf(pair.key)) {
      const body = this.#bodies.get(name);
      if (body === undefined || body instanceof Promise) return this.#search(pair.key, wanted);
      if (holds(body, wanted)) return true;
    }
    return false;
  }

  async #search(key: string, wanted: Buffer): Promise<boolean> {
    for (const { name } of this.#partsOf(key)) {
      if (holds(await (this.#bodies.get(name) ?? this.#load(name)), wanted)) return true;
    }
    return false;
  }

  #open(): Promise<void> {
    this.#opened ??= this.#readParts()
      .catch(() => [])
      .then((parts) => {
        const sorted = parts.sort((a, b) => compareKeys(a.first, b.first));
        let last = '';
        this.#lasts = sorted.map((part) => {
          if (compareKeys(part.last, last) > 0) last = part.last;
          return last;
        });
        this.#parts = sorted;
      });
    return this.#opened;
  }

  async #readParts(): Promise<EvidencePart[]> {
    const parts = await readIndexes(this.store, await listAll(this.store, indexFolder(this.input)));
    return parts.filter((part) => this.ranges.some((range) => overlaps(range, part)));
  }

  /** The parts that may hold a key, the one that begins last first: earlier ones seldom reach so far. */
  *#partsOf(key: string): Generator<EvidencePart> {
    const parts = this.#parts ?? [];
    for (let index = countUpTo(key, parts, ({ first }) => first) - 1; index >= 0; index--) {
      if (compareKeys(this.#lasts[index] as string, key) < 0) return;
      const part = parts[index] as EvidencePart;
      if (compareKeys(part.last, key) >= 0) yield part;
    }
  }

  #load(name: string): Promise<Buffer> {
    const body = this.store
      .get(name)
      .then((found) => found?.body ?? Buffer.alloc(0))
      .catch(() => Buffer.alloc(0))
      .then((bytes) => {
        if (this.#bodies.has(name)) this.#bodies.set(name, bytes);
        return bytes;
      });
    this.#bodies.set(name, body);
    const [oldest] = this.#bodies.keys();
    if (this.#bodies.size > MOST_PARTS && oldest !== undefined) this.#bodies.delete(oldest);
    return body;
  }
}

/** Whether a part holds a fingerprint. The fingerprints are sorted. */
function holds(body: Buffer, wanted: Buffer): boolean {
  let [low, high] = [0, Math.floor(body.length / FINGERPRINT_BYTES)];
  while (low < high) {
    const middle = (low + high) >>> 1;
    const at = middle * FINGERPRINT_BYTES;
    const order = wanted.compare(body, at, at + FINGERPRINT_BYTES);
    if (order === 0) return true;
    if (order < 0) high = middle;
    else low = middle + 1;
  }
  return false;
}
