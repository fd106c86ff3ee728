import type { ContinuationToken } from '../../../statemachine/contract';
import { isWithin, justBefore } from '../keys/key-range';
import { type SharedWalk, walkRanges } from './walk';
import type { WalkEnd } from './walker';

/**
 * Walks ranges of which only some keys matter, each key in a range of its own, so that the rules are those of any walk
 * and what lies between the keys is not listed.
 *
 * @param keys  in order, all within the ranges
 * @returns how each walk ended; what is left of a range is what is left of some keys, and one remainder behind them
 */
export async function walkKeys(
  keys: readonly string[],
  ranges: readonly ContinuationToken[],
  options: SharedWalk,
): Promise<WalkEnd[]> {
  const walkers = Math.max(1, Math.floor(options.walkers / ranges.length));
  const walks = ranges.map((range) => {
    const within = keys.filter((key) => isWithin(range, key));
    return walkKeysOf(range, within, { ...options, walkers });
  });
  return (await Promise.all(walks)).flat();
}

async function walkKeysOf(token: ContinuationToken, keys: readonly string[], options: SharedWalk): Promise<WalkEnd[]> {
  const ends: WalkEnd[] = [];
  const { listing: _listing, ...range } = token;
  for (let index = 0; index < keys.length; index += options.walkers) {
    // One that is left keeps its range: were it done once more with those behind it, they would be, too.
    const isLeft = ends.some(({ remainder }) => remainder);
    if (index > 0 && (isLeft || options.shouldStop())) {
      return [...ends, { begun: false, remainder: { ...range, after: keys[index - 1] } }];
    }
    const some = keys.slice(index, index + options.walkers);
    ends.push(...(await walkAll(some, token, options)).map((end) => keptOf(range, end)));
  }
  return ends;
}

/** What is left of a key keeps the upload that its range may be about. */
function keptOf(range: ContinuationToken, { remainder, ...end }: WalkEnd): WalkEnd {
  if (!remainder || remainder.after === remainder.until) return end;
  return { ...end, remainder: remainder.until === range.until ? { ...range, ...remainder } : remainder };
}

async function walkAll(keys: readonly string[], token: ContinuationToken, options: SharedWalk): Promise<WalkEnd[]> {
  const walks = keys.map((key) => walkRanges([rangeOf(key, token)], { ...options, walkers: 1 }));
  return (await Promise.all(walks)).flat();
}

function rangeOf(key: string, token: ContinuationToken): ContinuationToken {
  const after = justBefore(key);
  const range = { ...(after !== undefined && { after }), until: key };
  // an earlier round stopped within this very range
  const isSame = token.until === key && token.after === after;
  return isSame && token.listing ? { ...range, listing: token.listing } : range;
}
