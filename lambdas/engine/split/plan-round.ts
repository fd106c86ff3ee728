import type { ContinuationToken, LoopState } from '../../../statemachine/contract';
import { ListingError } from '../../../statemachine/errors';
import { isWithin } from '../keys/key-range';
import type { BucketReader } from '../ports/bucket-reader';
import { divide } from './divide';
import { KeySymbols } from './key-symbols';
import type { ListedRange } from './range-probes';
import { bytesOfToken, type FullRound, fullRound, type Left, rangesBeside, shareOf } from './range-share';
import { RangeSplitter } from './split-range';

/** A range that is left, with the first page of its listing if it was listed. */
type Part = ContinuationToken | ListedRange;

/** How many list requests splitting may send for each piece that it makes. */
const PROBES_PER_PIECE = 8;

/** This many pages must have been listed for each piece, so that cuts stay a small part of all requests. */
const PAGES_PER_PIECE = 64;

/** The part of the loop's state that says what the next round does. Tokens wait only if others run. */
export type Round = Pick<LoopState, 'tokens' | 'waiting' | 'uploads' | 'share'>;

export interface RoundOptions {
  /** Pages that the loop has listed so far. */
  readonly pages?: number;
  /** Whether to split no further. */
  shouldStop?(): boolean;
}

/**
 * Turns the tokens that are left into the Tasks of the next round: as many as can run, and as fit the state. If there are fewer
 * tokens, it splits them, except those with an unfinished upload. If there are more tokens, a Task gets several. Running and waiting
 * tokens together cover exactly what `tokens` cover.
 *
 * @param side  the side that the loop walks @param most  how many ranges can run at the same time
 */
export async function planRound(
  left: Left,
  side: Pick<BucketReader, 'listPage'>,
  most: number,
  { pages = 0, shouldStop = () => false }: RoundOptions = {},
): Promise<Round> {
  const { tokens, uploads } = left;
  const wanted = (keys: readonly string[]) => piecesOf(fullRound(most, bytesOfToken(keys), left.copies), pages);
  if (tokens.length >= wanted(keysOf(tokens))) return round(left, [], most);
  const symbols = new KeySymbols();
  const probes = Math.ceil(wanted(keysOf(tokens)) / tokens.length) * PROBES_PER_PIECE;
  // Each token has a splitter of its own: the end of the keys in one range says nothing about another range.
  const splitters = tokens.map(() => new RangeSplitter(side, probes, { shouldStop, symbols }));
  const parts = await Promise.all(
    tokens.map((token, index) =>
      token.listing || isUploading(token, uploads)
        ? token
        : (splitters[index] as RangeSplitter).open(token).catch(undivided(token)),
    ),
  );
  const pieces = divide(
    Math.max(tokens.length, wanted([...keysOf(tokens), ...parts.flatMap(keysIn)])),
    parts.map(() => 1),
  );
  const split = await Promise.all(
    parts.map((part, index) =>
      'page' in part
        ? (splitters[index] as RangeSplitter).split(part, pieces[index] ?? 1).catch(undivided([part]))
        : [part],
    ),
  );
  // The key at a cut may be far shorter than the keys behind it, so all keys that were seen count.
  const seen = split.flat().flatMap(keysIn);
  const joined = join(split.map(tokensOf), (keys) => wanted([...seen, ...keys]));
  return round({ ...left, tokens: joined }, seen, most);
}

/** While little is listed, little may be left, so there are fewer pieces, but one for each Task. */
function piecesOf({ ranges, pieces }: FullRound, pages: number): number {
  return Math.min(pieces, Math.max(ranges, Math.floor(pages / PAGES_PER_PIECE)));
}

/**
 * If the keys at the cuts are longer than the keys that were seen before, joins neighbours until the state has room for all.
 *
 * @param fitting  how many pieces it has room for, with such keys
 */
function join(
  parts: readonly (readonly ContinuationToken[])[],
  fitting: (keys: readonly string[]) => number,
): ContinuationToken[] {
  const shares = divide(
    Math.max(parts.length, fitting(keysOf(parts.flat()))),
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

/** Leaves the range whole after a ListingError; the Task that lists the range will report the error. */
function undivided<T>(range: T): (error: unknown) => T {
  return (error) => {
    if (error instanceof ListingError) return range;
    throw error;
  };
}

/** @param seen  other keys that the round may come to */
function round(left: Left, seen: readonly string[], most: number): Round {
  const { tokens, uploads } = left;
  // Uploads go first: their parts cost storage until the upload is complete.
  const isBegun = (token: ContinuationToken) => isUploading(token, uploads);
  const ordered = [...tokens.filter(isBegun), ...tokens.filter((token) => !isBegun(token))];
  const tokenBytes = bytesOfToken([...keysOf(tokens), ...seen]);
  const full = fullRound(most, tokenBytes, left.copies);
  const ranges = Math.max(1, Math.min(tokens.length, full.ranges, rangesBeside(left, tokenBytes)));
  const share = shareOf(ranges, left, tokenBytes);
  const running = ordered.slice(0, ranges * share.walkers);
  return { tokens: deal(running, ranges), waiting: ordered.slice(running.length), uploads, share };
}

function isUploading(token: ContinuationToken, uploads: Left['uploads']): boolean {
  return uploads.some(({ key }) => isWithin(token, key));
}

/** Deals the tokens like cards, so that neighbours go to different Tasks. */
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
