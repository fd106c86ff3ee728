import { compareKeys } from '../keys/compare-keys';
import { countUpTo } from '../keys/key-range';

/** A part says something about keys from `first` to `last`. */
export interface PartOfKeys {
  readonly name: string;
  readonly first: string;
  readonly last: string;
}

/** Finds the parts that may say something about a key. Parts may overlap. */
export class SortedParts<Part extends PartOfKeys> {
  readonly #parts: readonly Part[];
  /** For each part the greatest `last` of this part and all parts before it. */
  readonly #lasts: readonly string[];

  constructor(parts: readonly Part[]) {
    this.#parts = [...parts].sort((a, b) => compareKeys(a.first, b.first));
    let last = '';
    this.#lasts = this.#parts.map((part) => {
      if (compareKeys(part.last, last) > 0) last = part.last;
      return last;
    });
  }

  /** The one that begins last first: earlier ones seldom reach so far. */
  *of(key: string): Generator<Part> {
    for (let index = countUpTo(key, this.#parts, ({ first }) => first) - 1; index >= 0; index--) {
      if (compareKeys(this.#lasts[index] as string, key) < 0) return;
      const part = this.#parts[index] as Part;
      if (compareKeys(part.last, key) >= 0) yield part;
    }
  }
}
