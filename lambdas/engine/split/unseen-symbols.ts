const FIRST_SURROGATE = 0xd800;
const LAST_SURROGATE = 0xdfff;
const LAST_CODE_POINT = 0x10ffff;

/** How many characters are looked for one after the other, each by a list request. */
const ONE_BY_ONE = 16;

/** How many places for cuts a script with more characters gets. A round has hardly more than two hundred ranges. */
const PLACES = 128;

/**
 * Finds characters above `highest`. If there are few, it finds each of them. A script may have thousands of characters. Then it
 * finds only the last one, by steps that grow until nothing lies behind and shrink after that, and assumes that characters lie
 * anywhere below.
 *
 * @param next  returns the first character that occurs above a given one
 * @returns code points in order; if there are many, a selection of those that may occur
 */
export async function findUnseen(
  highest: number,
  next: (symbol: number) => Promise<number | undefined>,
): Promise<number[]> {
  const found: number[] = [];
  let last = highest;
  let end = LAST_CODE_POINT;
  for (let step = 0; ; ) {
    const place = notInSurrogates(Math.min(last + step, end));
    const symbol = await next(place);
    if (symbol !== undefined) {
      found.push(symbol);
      last = symbol;
      if (end === LAST_CODE_POINT && found.length >= ONE_BY_ONE) step = 2 * step + 1;
    } else if (step > 0) {
      end = place;
      step >>= 1;
    } else return found.length > ONE_BY_ONE ? spread(found[0] as number, last) : found;
  }
}

/** Both code points, and up to `PLACES` between them. */
function spread(lowest: number, highest: number): number[] {
  const step = Math.ceil((highest - lowest) / PLACES);
  const places = new Set<number>();
  for (let place = lowest; place < highest; place += step) places.add(notInSurrogates(place));
  return [...places, highest];
}

/** Surrogates are not characters: the code point right before them takes their place. */
function notInSurrogates(symbol: number): number {
  return symbol >= FIRST_SURROGATE && symbol <= LAST_SURROGATE ? FIRST_SURROGATE - 1 : symbol;
}
