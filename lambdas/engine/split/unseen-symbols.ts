const FIRST_SURROGATE = 0xd800;
const LAST_SURROGATE = 0xdfff;
const LAST_CODE_POINT = 0x10ffff;

/** Characters that are looked for one after the other, each by a list request. */
const ONE_BY_ONE = 16;

/** Places for cuts in a script that has more; a round has hardly more than two hundred ranges. */
const PLACES = 128;

/**
 * Finds characters above `highest`: each of them, where they are few. A script may have thousands; of such a one the last
 * is found, by steps that grow until nothing is there and shrink from then on, and the others are taken to be anywhere.
 *
 * @param next  the first character that occurs above another one
 * @returns code points in order; where there are many, some of those that may occur
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

/** Both, and up to `PLACES` between them. */
function spread(lowest: number, highest: number): number[] {
  const step = Math.ceil((highest - lowest) / PLACES);
  const places = new Set<number>();
  for (let place = lowest; place < highest; place += step) places.add(notInSurrogates(place));
  return [...places, highest];
}

/** They are no characters; what is right before them stands for them. */
function notInSurrogates(symbol: number): number {
  return symbol >= FIRST_SURROGATE && symbol <= LAST_SURROGATE ? FIRST_SURROGATE - 1 : symbol;
}
