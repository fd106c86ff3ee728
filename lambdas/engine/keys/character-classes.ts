import { type GlobToken, SLASH } from '../../../statemachine/input/glob-syntax';

const ASCII = 128;

/** Numbers classes of characters. Two characters are of one class if no glob tells them apart. */
export class CharacterClasses {
  /** The first code point of each class, ascending. */
  readonly #firsts: readonly number[];
  /** The class of each ASCII character. Most keys consist of these, so they need no search. */
  readonly #ascii: readonly number[];

  constructor(globs: readonly (readonly GlobToken[])[]) {
    const firsts = new Set([0, SLASH, SLASH + 1]);
    for (const token of globs.flat()) {
      for (const [low, high] of rangesOf(token)) firsts.add(low).add(high + 1);
    }
    this.#firsts = [...firsts].sort((a, b) => a - b);
    this.#ascii = Array.from({ length: ASCII }, (_, code) => this.#find(code));
  }

  get count(): number {
    return this.#firsts.length;
  }

  of(code: number): number {
    return this.#ascii[code] ?? this.#find(code);
  }

  exampleOf(characterClass: number): number {
    return this.#firsts[characterClass] as number;
  }

  /** The last class whose first code point is not above `code`. */
  #find(code: number): number {
    let [low, high] = [0, this.#firsts.length - 1];
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((this.#firsts[middle] as number) <= code) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}

function rangesOf(token: GlobToken): readonly (readonly [number, number])[] {
  if (token.kind === 'character') return [[token.code, token.code]];
  return token.kind === 'set' ? token.ranges : [];
}
