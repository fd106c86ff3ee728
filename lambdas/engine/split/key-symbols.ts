import type { ListedObject, ObjectPage } from '../ports/bucket-reader';

/** Keys of a page that are looked at. */
const SAMPLE = 64;

const DIGITS = '0123456789';
const CAPITALS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';
const SMALL = CAPITALS.toLowerCase();
const NOT_HEXADECIMAL = /[G-Zg-z]/;

/**
 * Which characters keys are made of, learned from the keys that were seen: at each place of a key those that were seen
 * there, and others of their kind that were seen anywhere. Where one digit occurs all of them are likely to, and where a
 * letter does that is no hexadecimal digit, all letters.
 */
export class KeySymbols {
  readonly #anywhere = new Set<number>();
  readonly #at: Set<number>[] = [];

  learn({ objects }: ObjectPage): void {
    const step = Math.max(1, Math.floor(objects.length / SAMPLE));
    for (let index = 0; index < objects.length; index += step) {
      codePoints((objects[index] as ListedObject).key).forEach((symbol, place) => {
        const here = this.#at[place] ?? new Set();
        this.#at[place] = here.add(symbol);
        this.#anywhere.add(symbol);
      });
    }
  }

  /** Code points that may occur at a place, in order: `lowest`, which does, and others up to `highest`. */
  between(place: number, lowest: number, highest = Number.POSITIVE_INFINITY): number[] {
    const here = new Set(this.#at[place]).add(lowest);
    const kinds = this.#mixedWith(new Set([...here].map(kindOf)));
    const letters = NOT_HEXADECIMAL.test(String.fromCodePoint(...this.#anywhere)) ? CAPITALS + SMALL : '';
    const alike = [...this.#anywhere, ...codePoints(DIGITS + letters)].filter((symbol) => kinds.has(kindOf(symbol)));
    return [...new Set([...here, ...alike])]
      .filter((symbol) => symbol >= lowest && symbol <= highest)
      .sort((a, b) => a - b);
  }

  /** With those kinds that were seen at one place with one of these: where there is a digit, a letter may be as well. */
  #mixedWith(kinds: ReadonlySet<string>): ReadonlySet<string> {
    const places = this.#at.map((symbols) => [...symbols].map(kindOf));
    return new Set([...kinds, ...places.filter((seen) => seen.some((kind) => kinds.has(kind))).flat()]);
  }
}

/** Digits, capital and small letters, what is beyond ASCII; all else is of no kind but its own. */
function kindOf(symbol: number): string {
  const character = String.fromCodePoint(symbol);
  if (/[0-9]/.test(character)) return 'digit';
  if (/[A-Z]/.test(character)) return 'capital';
  if (/[a-z]/.test(character)) return 'small';
  return symbol < 0x80 ? character : 'beyond ASCII';
}

export function codePoints(key: string): number[] {
  return Array.from(key, (character) => character.codePointAt(0) as number);
}
