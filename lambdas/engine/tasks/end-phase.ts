import type { PhaseEnd, RunState } from '../../../statemachine/contract';
import { invalidateBeforeDeletes } from '../invalidation/invalidate';
import type { Host } from '../ports/host';
import { closePhase } from './close-phase';

/** Task `ClosePhase`: what `closePhase` decides. If only the deletes are left, CloudFront is told of all copies before they begin. */
export async function endPhase(state: PhaseEnd, host: Host): Promise<RunState> {
  const next = closePhase(state, host);
  const [ended] = state.phases;
  return ended ? { ...next, run: await invalidateBeforeDeletes(next, ended, host) } : next;
}
