import type { ContinuationToken, RangeShare } from '../../../statemachine/contract';

/** Past 256 KiB an execution dies where no Catch runs; the rest is left for the run itself and for longer keys than were seen. */
const STATE_BYTES = 170 * 1024;

/** Beside that, what S3's own continuation tokens take in the results of all ranges of a round. */
const LISTINGS_BYTES = 20 * 1024;

/**
 * A range's result without its tokens, with counters and surcharges of twelve digits, three of them of what `proved`, one
 * `unproven`, and a place of content.
 */
const RESULT_BYTES = 720;

/** What an unfinished upload adds to a token. */
const UPLOAD_BYTES = 360;

/** What it has left, and a large object that it met last and that waits for its turn. */
const TOKENS_PER_WALKER = 2;

/** Walkers that keep one core busy while S3 takes 80 ms for a page. */
const MOST_WALKERS = 16;
const MOST_UPLOADS = 16;

/** Of a phase's first round, which has one range and knows nothing of its keys. */
export const FIRST_SHARE: RangeShare = { ranges: 1, walkers: MOST_WALKERS, uploads: MOST_UPLOADS };

/** The same for a run that has waited so long for a server that was away. */
export function withAwayTime(share: RangeShare, awayMs: number): RangeShare {
  return awayMs > 0 ? { ...share, awayMs } : share;
}

/** Ranges that a round can have at most, so that the tokens that they had and those that they bring back fit the state. */
export function mostRanges(tokenBytes: number): number {
  return atLeastOne(STATE_BYTES / (tokenBytes + leastBytes(tokenBytes)));
}

/** The same where these tokens are in the state, whether they run or wait. */
export function rangesBeside(tokens: readonly ContinuationToken[], tokenBytes: number): number {
  return atLeastOne(roomBeside(tokens) / leastBytes(tokenBytes));
}

/** What each of `ranges` ranges may use, where these tokens are in the state. */
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
 * Drops the listings for which a range's result has no room: what they have passed is passed again in the next round, which
 * has more room if fewer ranges are left.
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

/** What a range brings back that has one walker and one upload. */
function leastBytes(tokenBytes: number): number {
  return RESULT_BYTES + TOKENS_PER_WALKER * tokenBytes + UPLOAD_BYTES + tokenBytes;
}

/** An upload that goes on comes back beside what a range may bring back anew. */
function roomBeside(tokens: readonly ContinuationToken[]): number {
  return STATE_BYTES - tokens.reduce((sum, token) => sum + (jsonBytes(token) + 1) * (token.upload ? 2 : 1), 0);
}

/** Bytes of a token between two keys as long as the longest of these. */
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
