import type { KeyRange } from '../../../statemachine/contract';
import { overlaps } from '../keys/key-range';
import { listAll, type RunStore } from '../ports/run-store';
import { sha256 } from '../remembered/files';
import { PartBodies } from '../remembered/part-bodies';
import { SortedParts } from '../remembered/sorted-parts';
import { dateIn, fingerprint, IS_BACK, type Orphan } from './dates';
import { readIndexes } from './index-file';
import { type DatesPart, deepestFor, type Layer, stack } from './layers';
import type { PlaceOfDates } from './place-of-dates';
import { lastUndo } from './undos';

/** How many parts of 352 KiB are in memory. */
const MOST_PARTS = 128;

interface PlacedPart extends DatesPart {
  /** How many layers are newer. */
  readonly depth: number;
}

/**
 * Reads what earlier runs, and earlier phases of this run, say about orphans in some ranges. The lists are read when they are first
 * needed, and a part only when a key of it comes, so memory does not grow with the number of orphans. A part that is missing or
 * damaged says nothing; if the run store cannot be read, the Task fails.
 */
export class DatesReader {
  readonly damaged = new Set<string>();
  #layers: readonly Layer[] = [];
  #parts: SortedParts<PlacedPart> | undefined;
  #opened: Promise<void> | undefined;
  /** Older dates no longer hold. */
  #validFrom = 0;
  readonly #bodies: PartBodies;
  readonly #ofPart = new Map<string, DatesPart>();

  constructor(
    private readonly store: RunStore,
    private readonly place: PlaceOfDates,
    /** Of keys as `PlaceOfDates` forms them. */
    private readonly ranges: readonly KeyRange[],
    /** How the names of files begin that other Tasks of this phase write. They are about other keys, and may be thousands. */
    private readonly others: string,
  ) {
    this.#bodies = new PartBodies(MOST_PARTS, (name) => this.#read(name));
  }

  /** @returns milliseconds since 1970; undefined if no run has seen this orphan */
  sinceOf(orphan: Orphan): number | undefined | Promise<number | undefined> {
    if (!this.#parts) return this.open().then(() => this.sinceOf(orphan));
    const key = this.place.keyOf(orphan.key);
    const parts = this.#partsOf(key);
    if (parts.length === 0) return undefined;
    const wanted = fingerprint(key, orphan);
    for (const { name, depth } of parts) {
      const body = this.#bodies.get(name);
      if (body instanceof Promise) return this.#search(parts, wanted);
      const date = dateIn(body, wanted);
      if (date !== undefined) return this.#unlessVoid(date, depth);
    }
    return undefined;
  }

  /** @param depth  of the layer that has it */
  #unlessVoid(date: number, depth: number): number | undefined {
    const isVoid = date === this.#layers[depth]?.unpublished;
    return date === IS_BACK || date < this.#validFrom || isVoid ? undefined : date;
  }

  /** Whether anything is known about keys of the ranges. */
  get isEmpty(): boolean {
    return this.#ofPart.size === 0;
  }

  open(): Promise<void> {
    this.#opened ??= this.#open();
    return this.#opened;
  }

  async #open(): Promise<void> {
    const names = await listAll(this.store, this.place.indexes);
    const others = this.place.indexes + this.others;
    const files = await readIndexes(
      this.store,
      names.filter((name) => !name.startsWith(others)),
    );
    for (const { name, isDamaged } of files) if (isDamaged) this.damaged.add(name);
    if (files.length > 0) this.#validFrom = await this.#lastUndo();
    this.#layers = stack(files.flatMap(({ layers }) => layers));
    const placed = this.#layers.flatMap(({ parts }, depth) => parts.map((part) => ({ ...part, depth })));
    const within = placed.filter((part) => this.ranges.some((range) => overlaps(range, part)));
    for (const part of within) this.#ofPart.set(part.name, part);
    this.#parts = new SortedParts(within);
  }

  async #lastUndo(): Promise<number> {
    const at = (await lastUndo(this.place, this.store)) ?? 0;
    if (at === Number.POSITIVE_INFINITY) this.damaged.add(this.place.undone);
    return at;
  }

  /** The newest first, without those that no longer hold for this key. */
  #partsOf(key: string): PlacedPart[] {
    const parts = [...(this.#parts?.of(key) ?? [])];
    if (parts.length === 0) return parts;
    const deepest = deepestFor(key, this.#layers);
    return parts.filter(({ depth }) => depth <= deepest).sort((a, b) => a.depth - b.depth);
  }

  async #search(parts: readonly PlacedPart[], wanted: Buffer): Promise<number | undefined> {
    for (const { name, depth } of parts) {
      const date = dateIn(await this.#bodies.get(name), wanted);
      if (date !== undefined) return this.#unlessVoid(date, depth);
    }
    return undefined;
  }

  async #read(name: string): Promise<Buffer> {
    const part = this.#ofPart.get(name);
    const body = (await this.store.get(name))?.body;
    if (body && sha256(body) === part?.sha256) return body;
    if (!part?.pending) this.damaged.add(name);
    return Buffer.alloc(0);
  }
}
