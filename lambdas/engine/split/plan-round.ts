import type { ContinuationToken, RangeShare } from '../../../statemachine/contract';
import { ListingError } from '../../../statemachine/errors';
import type { BucketReader } from '../ports/bucket-reader';
import { divide } from './divide';
import type { ListedRange } from './range-probes';
import { bytesOfToken, mostRanges, rangesBeside, shareOf } from './range-share';
import { RangeSplitter } from './split-range';

/** What is left, with the first page of its listing where there is one. */
type Part = ContinuationToken | ListedRange;

/** List requests that splitting may take, for each range of the round. */
const PROBES_PER_RANGE = 8;

export interface Round {
  /** For each Task of the round the tokens that it works on. */
  readonly tokens: readonly (readonly ContinuationToken[])[];
  /** For a later round; none unless `tokens` has some. */
  readonly waiting: readonly ContinuationToken[];
  readonly share: RangeShare;
}

/**
 * Turns what is left into the Tasks of the next round, as many as can run and as fit the state: split where there are
 * fewer tokens than that, several to a Task where there are more. Together with those that wait they cover exactly what
 * `tokens` cover.
 *
 * @param side  what the loop walks @param most  ranges that can run at the same time
 * @param shouldStop  whether to leave the rest as it is
 */
export async function planRound(
  tokens: readonly ContinuationToken[],
  side: BucketReader,
  most: number,
  shouldStop: () => boolean = () => false,
): Promise<Round> {
  if (tokens.length >= Math.min(most, mostRanges(bytesOfToken(keysOf(tokens))))) return round(tokens, [], most);
  const splitter = new RangeSplitter(side, most * PROBES_PER_RANGE, undefined, shouldStop);
  const parts = await Promise.all(
    tokens.map((token) => (token.upload || token.listing ? token : splitter.open(token).catch(undivided(token)))),
  );
  const fitting = mostRanges(bytesOfToken([...keysOf(tokens), ...parts.flatMap(keysIn)]));
  const pieces = divide(
    Math.max(tokens.length, Math.min(most, fitting)),
    parts.map(() => 1),
  );
  const split = await Promise.all(
    parts.map((part, index) =>
      'page' in part ? splitter.split(part, pieces[index] ?? 1).catch(undivided([part])) : [part],
    ),
  );
  // What a cut is made of may be far shorter than the keys behind it.
  const seen = split.flat().flatMap(keysIn);
  return round(join(split.map(tokensOf), seen), seen, most);
}

/** Where the keys at the cuts turn out to be longer than those that were seen before, neighbours join until they fit. */
function join(parts: readonly (readonly ContinuationToken[])[], seen: readonly string[]): ContinuationToken[] {
  const fitting = mostRanges(bytesOfToken([...seen, ...keysOf(parts.flat())]));
  const shares = divide(
    Math.max(parts.length, fitting),
    parts.map(({ length }) => length),
  );
  return parts.flatMap((part, index) => joinNeighbours(part, shares[index] ?? 1));
}

function joinNeighbours(ranges: readonly ContinuationToken[], count: number): ContinuationToken[] {
  if (ranges.length <= count) return [...ranges];
  let from = 0;
  return divide(ranges.length, Array(count).fill(1)).map((size) => {
    const { until: _until, ...begin } = ranges[from] as ContinuationToken;
    from += size;
    const { until } = ranges[from - 1] as ContinuationToken;
    return { ...begin, ...(until !== undefined && { until }) };
  });
}

/** Then the range goes on as it is, and meets the same error where it matters. */
function undivided<T>(range: T): (error: unknown) => T {
  return (error) => {
    if (error instanceof ListingError) return range;
    throw error;
  };
}

/** @param seen  other keys that the round may come to */
function round(tokens: readonly ContinuationToken[], seen: readonly string[], most: number): Round {
  // What was uploaded costs storage until it is complete.
  const ordered = [...tokens.filter(({ upload }) => upload), ...tokens.filter(({ upload }) => !upload)];
  const tokenBytes = bytesOfToken([...keysOf(tokens), ...seen]);
  const ranges = Math.max(1, Math.min(tokens.length, most, rangesBeside(tokens, tokenBytes)));
  const share = shareOf(ranges, tokens, tokenBytes);
  const running = ordered.slice(0, ranges * share.walkers);
  return { tokens: deal(running, ranges), waiting: ordered.slice(running.length), share };
}

/** As evenly as cards: neighbours go to different Tasks. */
function deal(tokens: readonly ContinuationToken[], tasks: number): ContinuationToken[][] {
  return Array.from({ length: Math.min(tasks, tokens.length) }, (_, first) =>
    tokens.filter((_token, index) => index % tasks === first),
  );
}

function tokensOf(parts: readonly Part[]): ContinuationToken[] {
  return parts.map((part) => ('page' in part ? part.range : part));
}

function keysIn(part: Part): string[] {
  return 'page' in part ? part.page.objects.map(({ key }) => key) : [];
}

function keysOf(tokens: readonly ContinuationToken[]): string[] {
  return tokens.flatMap(({ after = '', until = '' }) => [after, until]);
}
