import { LISTINGS_BYTES, TOKENS_BYTES } from '../../../statemachine/budgets';
import type { ContinuationToken, RangeShare } from '../../../statemachine/contract';

/**
 * Bytes of a range's result without its tokens: counters and surcharges of twelve digits, among them three of `proved` and one
 * `unproven`, those of the destination, and a place of content.
 */
const RESULT_BYTES = 860;

/** How many bytes an unfinished upload adds to a token. */
const UPLOAD_BYTES = 360;

/** A walker brings back what is left of its range, and a large object that still waits for its turn. */
const TOKENS_PER_WALKER = 2;

/** So many walkers keep one core busy if S3 needs 80 ms for a page. */
const MOST_WALKERS = 16;
const MOST_UPLOADS = 16;

/** The share in a phase's first round, which has one range and knows nothing about its keys. */
export const FIRST_SHARE: RangeShare = { ranges: 1, walkers: MOST_WALKERS, uploads: MOST_UPLOADS };

/** Notes in a share how long the run has waited for a server that was away. */
export function withAwayTime(share: RangeShare, awayMs: number): RangeShare {
  return awayMs > 0 ? { ...share, awayMs } : share;
}

/** The most ranges of a round: the tokens that they get and the tokens that they bring back must fit the state. */
export function mostRanges(tokenBytes: number): number {
  return atLeastOne(TOKENS_BYTES / (tokenBytes + leastBytes(tokenBytes)));
}

/** The same if these tokens are in the state, whether they run or wait. */
export function rangesBeside(tokens: readonly ContinuationToken[], tokenBytes: number): number {
  return atLeastOne(roomBeside(tokens) / leastBytes(tokenBytes));
}

/** What each of `ranges` ranges may use if these tokens are in the state. */
export function shareOf(ranges: number, tokens: readonly ContinuationToken[], tokenBytes: number): RangeShare {
  const bytes = roomBeside(tokens) / ranges - RESULT_BYTES;
  const uploads = clamp(bytes / 4 / (UPLOAD_BYTES + tokenBytes), MOST_UPLOADS);
  const walkers = clamp(
    (bytes - uploads * (UPLOAD_BYTES + tokenBytes)) / (TOKENS_PER_WALKER * tokenBytes),
    MOST_WALKERS,
  );
  return { ranges, walkers, uploads };
}

/**
 * Drops unfinished listings if a range's result has no room for them. The next round lists these stretches again. It has more room
 * if fewer ranges are left.
 */
export function withFittingListings(tokens: readonly ContinuationToken[], ranges: number): ContinuationToken[] {
  let room = LISTINGS_BYTES / ranges;
  return tokens.map((token) => {
    const { listing, ...range } = token;
    if (!listing) return token;
    const bytes = jsonBytes({ listing });
    if (bytes > room) return range;
    room -= bytes;
    return token;
  });
}

/** How many bytes a range with one walker and one upload brings back. */
function leastBytes(tokenBytes: number): number {
  return RESULT_BYTES + TOKENS_PER_WALKER * tokenBytes + UPLOAD_BYTES + tokenBytes;
}

/** Bytes that are left beside these tokens. An upload counts twice: it may come back in addition to a new one. */
function roomBeside(tokens: readonly ContinuationToken[]): number {
  return TOKENS_BYTES - tokens.reduce((sum, token) => sum + (jsonBytes(token) + 1) * (token.upload ? 2 : 1), 0);
}

/** Bytes of a token whose two keys are as long as the longest of these keys. */
export function bytesOfToken(keys: readonly string[]): number {
  const longest = keys.reduce((most, key) => Math.max(most, jsonBytes(key)), 0);
  return jsonBytes({ after: '', until: '' } satisfies ContinuationToken) + 1 + 2 * longest;
}

function jsonBytes(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value));
}

function clamp(value: number, most: number): number {
  return Math.min(most, atLeastOne(value));
}

function atLeastOne(value: number): number {
  return Math.max(1, Math.floor(value));
}
