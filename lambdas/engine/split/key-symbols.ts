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
  /** The kinds of those at each place. */
  readonly #kinds: Set<string>[] = [];
  #letters = '';

  learn({ objects }: ObjectPage): void {
    const step = Math.max(1, Math.floor(objects.length / SAMPLE));
    for (let index = 0; index < objects.length; index += step) {
      const symbols = codePoints((objects[index] as ListedObject).key);
      for (let place = 0; place < symbols.length; place++) this.#note(place, symbols[place] as number);
    }
  }

  #note(place: number, symbol: number): void {
    const here = this.#at[place] ?? new Set();
    if (here.has(symbol)) return;
    this.#at[place] = here.add(symbol);
    this.#kinds[place] = (this.#kinds[place] ?? new Set()).add(kindOf(symbol));
    this.#anywhere.add(symbol);
    if (NOT_HEXADECIMAL.test(String.fromCodePoint(symbol))) this.#letters = CAPITALS + SMALL;
  }

  /** Code points that may occur at a place, in order: `lowest`, which certainly occurs, and others up to `highest`. */
  between(place: number, lowest: number, highest = Number.POSITIVE_INFINITY): number[] {
    const here = new Set(this.#at[place]).add(lowest);
    const kinds = this.#mixedWith(new Set([...here].map(kindOf)));
    const alike = [...this.#anywhere, ...codePoints(DIGITS + this.#letters)].filter((symbol) =>
      kinds.has(kindOf(symbol)),
    );
    return [...new Set([...here, ...alike])]
      .filter((symbol) => symbol >= lowest && symbol <= highest)
      .sort((a, b) => a - b);
  }

  /** Adds the kinds that were seen at one place together with one of these: where a digit was seen, a letter may come, too. */
  #mixedWith(kinds: ReadonlySet<string>): ReadonlySet<string> {
    const mixed = new Set(kinds);
    for (const seen of this.#kinds) {
      const together = [...seen];
      if (together.length > 1 && together.some((kind) => kinds.has(kind))) for (const kind of together) mixed.add(kind);
    }
    return mixed;
  }
}

/** Digits, capital letters, small letters, and characters beyond ASCII are kinds. Each other character is a kind of its own. */
function kindOf(symbol: number): string {
  return KINDS[symbol] ?? 'beyond ASCII';
}

const KINDS = Array.from({ length: 0x80 }, (_, symbol) => {
  const character = String.fromCodePoint(symbol);
  if (/[0-9]/.test(character)) return 'digit';
  if (/[A-Z]/.test(character)) return 'capital';
  return /[a-z]/.test(character) ? 'small' : character;
});

export function codePoints(key: string): number[] {
  const points: number[] = [];
  for (let index = 0; index < key.length; index++) {
    const point = key.codePointAt(index) as number;
    points.push(point);
    if (point > 0xffff) index++;
  }
  return points;
}
