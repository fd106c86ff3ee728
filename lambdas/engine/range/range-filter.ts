import type { RangeInput } from '../../../statemachine/contract';
import { GlobWatch } from '../keys/glob-watch';
import { objectFilter } from '../keys/object-filter';
import { runFilter } from '../keys/run-filter';
import type { ListedObject } from '../ports/bucket-reader';

/** Which objects of a range take part. For a pair, the source's object decides. */
export class RangeFilter {
  readonly #takesPart: (key: string) => boolean;
  readonly #letsThrough: ReturnType<typeof objectFilter>;
  readonly #hasFolderMarker: boolean;
  readonly #known: number;
  readonly #watch: GlobWatch;

  constructor({ run, phase }: Pick<RangeInput, 'run' | 'phase'>) {
    this.#takesPart = runFilter(run, phase);
    this.#letsThrough = objectFilter(run.input);
    this.#known = run.matched ?? 0;
    this.#watch = new GlobWatch(run, this.#known);
    const { prefix, destinationPrefix } = run.input;
    this.#hasFolderMarker = prefix !== '' && destinationPrefix !== '';
  }

  /** Whether all filters let an object take part. */
  takesPart(object: ListedObject): boolean {
    return this.letsThrough(object) && this.isInScope(object);
  }

  /** Whether the filters let its size, date and class take part, whatever its key. */
  letsThrough(object: ListedObject): boolean {
    return this.#letsThrough === undefined || this.#letsThrough(object);
  }

  /**
   * Whether the filters let its key take part. The object that is named like the folder itself has no relative key. If the
   * other side is a whole bucket, that object has no counterpart, so bucketsync leaves it alone.
   */
  isInScope({ key }: Pick<ListedObject, 'key'>): boolean {
    this.#watch.see(key);
    return (key !== '' || this.#hasFolderMarker) && this.#takesPart(key);
  }

  /** The globs that have matched a key here, and in no earlier phase. */
  get newlyMatched(): number {
    return this.#watch.matched & ~this.#known;
  }
}
