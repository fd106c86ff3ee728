import { LISTINGS_BYTES, TOKENS_BYTES } from '../../../statemachine/budgets';
import type { ContinuationToken, LoopState, RangeShare } from '../../../statemachine/contract';

/**
 * Bytes of a range's result without its tokens: counters and surcharges of twelve digits, among them three of `proved` and one
 * `unproven`, those of the destination, a place of content, the name of an attempt that has planned something, and which globs have
 * matched.
 */
const RESULT_BYTES = 911;

/** Bytes of an unfinished upload without its key. */
const UPLOAD_BYTES = 380;

/** A walker brings back what is left of its range, and a large object that still waits for its turn. */
const TOKENS_PER_WALKER = 2;

/** So many walkers keep one core busy if S3 needs 80 ms for a page. */
const MOST_WALKERS = 16;
const MOST_UPLOADS = 16;

/** What a loop has left: ranges, and unfinished uploads of objects in them. */
export interface Left extends Pick<LoopState, 'uploads'> {
  readonly tokens: readonly ContinuationToken[];
}

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

/** The same beside what is left, whether it runs or waits. */
export function rangesBeside(left: Left, tokenBytes: number): number {
  return atLeastOne(roomBeside(left) / leastBytes(tokenBytes));
}

/** What each of `ranges` ranges may use beside what is left. */
export function shareOf(ranges: number, left: Left, tokenBytes: number): RangeShare {
  const bytes = roomBeside(left) / ranges - RESULT_BYTES;
  const perUpload = bytesHandedOn(tokenBytes);
  const uploads = clamp(bytes / 4 / perUpload, MOST_UPLOADS);
  const walkers = clamp((bytes - uploads * perUpload) / (TOKENS_PER_WALKER * tokenBytes), MOST_WALKERS);
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
  return RESULT_BYTES + TOKENS_PER_WALKER * tokenBytes + bytesHandedOn(tokenBytes);
}

/** Bytes of a large object that is handed on: its range and its upload. A token has two keys, an upload has one. */
function bytesHandedOn(tokenBytes: number): number {
  return tokenBytes + UPLOAD_BYTES + tokenBytes / 2;
}

/** Bytes that are free beside what is left. An upload counts twice: it may come back in addition to new ones. */
function roomBeside({ tokens, uploads }: Left): number {
  return TOKENS_BYTES - bytesOfAll(tokens) - 2 * bytesOfAll(uploads);
}

function bytesOfAll(values: readonly unknown[]): number {
  return values.reduce<number>((sum, value) => sum + jsonBytes(value) + 1, 0);
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
