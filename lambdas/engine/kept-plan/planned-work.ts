import type { ContinuationToken, KeptPlan, RangeInput } from '../../../statemachine/contract';
import { runFilter } from '../keys/run-filter';
import { isHidden } from '../listing/hide-reserved';
import type { BucketReader } from '../ports/bucket-reader';
import type { RunStore } from '../ports/run-store';
import { PlanListing } from './plan-listing';
import { PlanParts } from './plan-parts';
import type { PlanLoop } from './planned-action';
import { shareWork } from './share-work';

type Listing = Pick<BucketReader, 'listPage'>;

/** A walk over a plan: its two sides, and who walks what. */
export interface PlannedWork {
  /** The objects that the loop has to act on. */
  readonly walked: Listing;
  /** Lists nothing: each action says what the other side has. */
  readonly other: Listing;
  /** Each has a walker of its own. */
  readonly ranges: readonly ContinuationToken[];
  readonly walkers: number;
}

/** Each needs the parts about its place, and with more walkers these do not fit into memory. */
const MOST_WALKERS = 8;

const NOTHING: Listing = { listPage: async () => ({ objects: [] }) };

/**
 * Opens what a plan has for a range.
 *
 * @throws PlanChangedError
 */
export async function openPlannedWork(
  plan: KeptPlan,
  { run, phase, tokens, share }: Pick<RangeInput, 'run' | 'phase' | 'tokens' | 'share'>,
  loop: PlanLoop,
  store: RunStore,
): Promise<PlannedWork> {
  const parts = await PlanParts.open(store, plan, loop, tokens);
  const takesPart = runFilter(run, phase);
  const side = loop === 'copy' ? 'prefix' : 'destinationPrefix';
  const isWanted = (key: string) => !isHidden(key, run.input, side) && takesPart(key);
  const walkers = Math.min(MOST_WALKERS, share.walkers);
  const ranges = await shareWork(tokens, parts, walkers, isWanted);
  return { walked: new PlanListing(parts, isWanted), other: NOTHING, ranges, walkers };
}
