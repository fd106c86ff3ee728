import type { ContinuationToken, KeyRange } from '../../../statemachine/contract';
import { isWithin } from '../keys/key-range';
import { KEYS_PER_PAGE } from './plan-listing';
import { MOST_PARTS, type PlanParts } from './plan-parts';

type Parts = Pick<PlanParts, 'parts' | 'behind' | 'ends'>;

/** A key behind which work can be cut, and how many actions lie between it and the place before. */
interface Place {
  readonly key: string;
  readonly actions: number;
}

/**
 * Cuts the ranges of a Task so that each walker has something to do from its first moment: the plan knows how much there is,
 * and where. A piece has a page or more, since a smaller one would only cost more requests.
 *
 * @param walkers  how many pieces there may be in all
 * @param wanted  which keys this phase is about
 * @returns the ranges in order; together they cover exactly what `tokens` cover
 * @throws ListingError  the run store could not be read
 * @throws PlanChangedError
 */
export async function shareWork(
  tokens: readonly ContinuationToken[],
  parts: Parts,
  walkers: number,
  wanted: (key: string) => boolean,
): Promise<readonly ContinuationToken[]> {
  const most = Math.floor(walkers / tokens.length);
  if (most < 2) return tokens;
  const pieces: ContinuationToken[] = [];
  for (const token of tokens) pieces.push(...cut(token, await placesIn(token, parts, wanted), most));
  return pieces;
}

/** Each action, if the parts fit into memory; else the ends of the parts, so that no part is read for it. */
async function placesIn(range: KeyRange, parts: Parts, wanted: (key: string) => boolean): Promise<Place[]> {
  if (parts.parts.length > MOST_PARTS) return parts.ends().filter(({ key }) => isWithin(range, key));
  const isOurs = (key: string) => isWithin(range, key) && wanted(key);
  const actions = await parts.behind(range.after, Number.POSITIVE_INFINITY, isOurs);
  return actions.map(({ key }) => ({ key, actions: 1 }));
}

function cut(token: ContinuationToken, places: readonly Place[], most: number): readonly ContinuationToken[] {
  const total = places.reduce((sum, { actions }) => sum + actions, 0);
  const pieces = Math.min(most, Math.ceil(total / KEYS_PER_PAGE));
  const cuts: string[] = [];
  let behind = 0;
  for (const { key, actions } of places.slice(0, -1)) {
    behind += actions;
    if (behind >= (total * (cuts.length + 1)) / pieces) cuts.push(key);
  }
  if (cuts.length === 0) return [token];
  const { until } = token;
  return [
    { ...token, until: cuts[0] as string },
    ...cuts.map((after, index) => {
      const end = cuts[index + 1] ?? until;
      return { after, ...(end !== undefined && { until: end }) };
    }),
  ];
}
