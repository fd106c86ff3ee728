import type { ContinuationToken, KeyRange, RangeShare } from '../../statemachine/contract';
import type { ObjectSource } from './object-store';
import { bytesOfToken, mostRanges, shareOf } from './range-share';
import { divide, type ListedRange, RangeSplitter } from './split-range';

/** List requests that splitting may take, for each range of the round. */
const PROBES_PER_RANGE = 8;

export interface Round {
  readonly tokens: readonly ContinuationToken[];
  readonly share: RangeShare;
}

/**
 * Turns what is left into the tokens of the next round: split while that makes more ranges that can run, and never more
 * than fit the state. Together they cover exactly what `tokens` cover.
 *
 * @param side  what the loop walks @param most  ranges that can run at the same time @throws ListingError
 */
export async function planRound(
  tokens: readonly ContinuationToken[],
  side: ObjectSource,
  most: number,
): Promise<Round> {
  if (tokens.length >= Math.min(most, mostRanges(bytesOfToken(keysOf(tokens))))) return round(tokens, keysOf(tokens));
  const splitter = new RangeSplitter(side, most * PROBES_PER_RANGE);
  const parts = await Promise.all(tokens.map((token) => (token.upload ? token : splitter.open(token))));
  const keys = [...keysOf(tokens), ...parts.flatMap((part) => ('page' in part ? keysIn(part) : []))];
  const pieces = divide(
    Math.max(tokens.length, Math.min(most, mostRanges(bytesOfToken(keys)))),
    parts.map(() => 1),
  );
  const split = await Promise.all(
    parts.map(async (part, index) =>
      'page' in part ? tokensOf(await splitter.split(part, pieces[index] ?? 1)) : part,
    ),
  );
  return round(split.flat(), keys);
}

function round(tokens: readonly ContinuationToken[], keys: readonly string[]): Round {
  return { tokens, share: shareOf(Math.max(1, tokens.length), bytesOfToken(keys)) };
}

function tokensOf(parts: readonly ListedRange[]): KeyRange[] {
  return parts.map(({ range }) => range);
}

function keysIn({ page }: ListedRange): string[] {
  return page.objects.map(({ key }) => key);
}

function keysOf(tokens: readonly ContinuationToken[]): string[] {
  return tokens.flatMap(({ after = '', until = '' }) => [after, until]);
}
