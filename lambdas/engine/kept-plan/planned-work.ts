import type { KeptPlan, RangeInput } from '../../../statemachine/contract';
import { runFilter } from '../keys/run-filter';
import { isHidden } from '../listing/hide-reserved';
import type { BucketReader } from '../ports/bucket-reader';
import type { RunStore } from '../ports/run-store';
import { PlanListing } from './plan-listing';
import { MOST_PARTS, PlanParts } from './plan-parts';
import type { PlanLoop } from './planned-action';

type Listing = Pick<BucketReader, 'listPage'>;

/** The two sides of a walk over a plan. */
export interface PlannedWork {
  /** The objects that the loop has to act on. */
  readonly walked: Listing;
  /** Lists nothing: each action says what the other side has. */
  readonly other: Listing;
  /** More walkers than this would read parts again and again. */
  readonly mostWalkers: number;
}

const NOTHING: Listing = { listPage: async () => ({ objects: [] }) };

/**
 * Opens what a plan has for a range.
 *
 * @throws PlanChangedError
 */
export async function openPlannedWork(
  plan: KeptPlan,
  { run, phase, tokens }: Pick<RangeInput, 'run' | 'phase' | 'tokens'>,
  loop: PlanLoop,
  store: RunStore,
): Promise<PlannedWork> {
  const parts = await PlanParts.open(store, plan, loop, tokens);
  const takesPart = runFilter(run, phase);
  const side = loop === 'copy' ? 'prefix' : 'destinationPrefix';
  return {
    walked: new PlanListing(parts, (key) => !isHidden(key, run.input, side) && takesPart(key)),
    other: NOTHING,
    mostWalkers: MOST_PARTS,
  };
}
