import type { ListedObject, ObjectPage } from '../ports/bucket-reader';

/** How many keys of a page are looked at. */
const SAMPLE = 64;

const DIGITS = '0123456789';
const CAPITALS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';
const SMALL = CAPITALS.toLowerCase();
const NOT_HEXADECIMAL = /[G-Zg-z]/;

/**
 * Learns from listed keys which characters keys are made of. At each place these are the characters seen there, and others of
 * the same kind that were seen anywhere. If one digit occurs, all digits are likely to occur. If a letter occurs that is not a
 * hexadecimal digit, all letters are likely to occur.
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

  /** Code points that may occur at a place, in order: `lowest`, which certainly occurs, and others up to `highest`. */
  between(place: number, lowest: number, highest = Number.POSITIVE_INFINITY): number[] {
    const here = new Set(this.#at[place]).add(lowest);
    const kinds = this.#mixedWith(new Set([...here].map(kindOf)));
    const letters = NOT_HEXADECIMAL.test(String.fromCodePoint(...this.#anywhere)) ? CAPITALS + SMALL : '';
    const alike = [...this.#anywhere, ...codePoints(DIGITS + letters)].filter((symbol) => kinds.has(kindOf(symbol)));
    return [...new Set([...here, ...alike])]
      .filter((symbol) => symbol >= lowest && symbol <= highest)
      .sort((a, b) => a - b);
  }

  /** Adds the kinds that were seen at one place together with one of these: where a digit was seen, a letter may come, too. */
  #mixedWith(kinds: ReadonlySet<string>): ReadonlySet<string> {
    const places = this.#at.map((symbols) => [...symbols].map(kindOf));
    return new Set([...kinds, ...places.filter((seen) => seen.some((kind) => kinds.has(kind))).flat()]);
  }
}

/** Digits, capital letters, small letters, and characters beyond ASCII are kinds. Each other character is a kind of its own. */
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
