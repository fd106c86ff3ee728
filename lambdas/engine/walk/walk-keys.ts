import type { ContinuationToken } from '../../../statemachine/contract';
import { isWithin, justBefore } from '../keys/key-range';
import { type SharedWalk, walkRanges } from './walk';
import type { WalkEnd } from './walker';

/**
 * Walks only some keys of ranges. Each key is walked as a range of its own, so the rules of every walk hold, and what lies between
 * the keys is not listed.
 *
 * @param keys  in order, all within the ranges
 * @returns how each walk ended: the remainders of single keys, and at most one remainder behind them
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
    // If a key is unfinished, stop here. Merging it with later ranges would process those keys twice.
    const isLeft = ends.some(({ remainder }) => remainder);
    if (index > 0 && (isLeft || options.shouldStop())) {
      return [...ends, { begun: false, remainder: { ...range, after: keys[index - 1] } }];
    }
    const some = keys.slice(index, index + options.walkers);
    ends.push(...(await walkAll(some, token, options)).map(withoutEmpty));
  }
  return ends;
}

/** If the key is decided, nothing is left of its range. */
function withoutEmpty({ remainder, ...end }: WalkEnd): WalkEnd {
  return remainder && remainder.after !== remainder.until ? { ...end, remainder } : end;
}

async function walkAll(keys: readonly string[], token: ContinuationToken, options: SharedWalk): Promise<WalkEnd[]> {
  const walks = keys.map((key) => walkRanges([rangeOf(key, token)], { ...options, walkers: 1 }));
  return (await Promise.all(walks)).flat();
}

function rangeOf(key: string, token: ContinuationToken): ContinuationToken {
  const after = justBefore(key);
  const range = { ...(after !== undefined && { after }), until: key };
  // an earlier round stopped within this range
  const isSame = token.until === key && token.after === after;
  return isSame && token.listing ? { ...range, listing: token.listing } : range;
}
