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

/** This many walkers keep one core busy if S3 needs 80 ms for a page. */
const MOST_WALKERS = 16;
const MOST_UPLOADS = 16;

/** With this many pieces each, Tasks that only list end at about the same time. With more, cuts would cost more than they save. */
const PIECES_PER_RANGE = 4;

/** What a loop has left: ranges, and unfinished uploads of objects in them. */
export interface Left extends Pick<LoopState, 'uploads'> {
  readonly tokens: readonly ContinuationToken[];
  /** Whether its Tasks copy: then a walker may bring back a large object in addition to the rest of its range. */
  readonly copies: boolean;
}

/** The share in a phase's first round, which has one range and knows nothing about its keys. */
export const FIRST_SHARE: RangeShare = { ranges: 1, walkers: MOST_WALKERS, uploads: MOST_UPLOADS };

/** Notes in a share how long the run has waited for a server that was away. */
export function withAwayTime(share: RangeShare, awayMs: number): RangeShare {
  return awayMs > 0 ? { ...share, awayMs } : share;
}

/** The ranges of a round, and the pieces that they get in all. */
export interface FullRound {
  readonly ranges: number;
  readonly pieces: number;
}

/**
 * A round that leaves nothing idle. What its Tasks get, and what they bring back if all their walkers have something left, fits
 * the state.
 *
 * A Task that only lists waits most of its time, so it gets all its walkers, even if fewer Tasks fit then. Its pieces come from
 * different places, so that Tasks with little to do are few. A Task that copies keeps a core busy, so there are as many as fit.
 *
 * @param most  how many ranges can run at the same time
 */
export function fullRound(most: number, tokenBytes: number, copies: boolean): FullRound {
  const perRange = copies ? tokenBytes + leastBytes(tokenBytes, copies) : RESULT_BYTES + 2 * MOST_WALKERS * tokenBytes; // what comes back is what the next round gets
  const ranges = Math.min(most, atLeastOne(TOKENS_BYTES / perRange));
  return { ranges, pieces: copies ? ranges : ranges * PIECES_PER_RANGE };
}

/** How many ranges the state has room for beside what is left, whether it runs or waits. */
export function rangesBeside(left: Left, tokenBytes: number): number {
  return atLeastOne(roomBeside(left) / leastBytes(tokenBytes, left.copies));
}

/** What each of `ranges` ranges may use beside what is left. */
export function shareOf(ranges: number, left: Left, tokenBytes: number): RangeShare {
  const bytes = roomBeside(left) / ranges - RESULT_BYTES;
  const rest = bytesOfRest(tokenBytes, left.copies);
  if (!left.copies) return { ranges, walkers: clamp(bytes / rest, MOST_WALKERS), uploads: 1 };
  const perUpload = bytesHandedOn(tokenBytes);
  const uploads = clamp(bytes / 4 / perUpload, MOST_UPLOADS);
  return { ranges, walkers: clamp((bytes - uploads * perUpload) / rest, MOST_WALKERS), uploads };
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

/** How many bytes a range with one walker, and one upload if it copies, brings back. */
function leastBytes(tokenBytes: number, copies: boolean): number {
  return RESULT_BYTES + bytesOfRest(tokenBytes, copies) + (copies ? bytesHandedOn(tokenBytes) : 0);
}

/** What a walker brings back: the rest of its range and, if it copies, a large object that still waits for its turn. */
function bytesOfRest(tokenBytes: number, copies: boolean): number {
  return (copies ? 2 : 1) * tokenBytes;
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
