import type { PhaseEnd, RunState } from '../../../statemachine/contract';
import { foretellPaths } from '../invalidation/foretell';
import { invalidateBeforeDeletes } from '../invalidation/invalidate';
import type { Host } from '../ports/host';
import { asTwoLoops, closePhase } from './close-phase';

/** Task `ClosePhase`: what `closePhase` decides. If only the deletes are left, CloudFront is told of all copies before they begin. */
export async function endPhase(state: PhaseEnd, host: Host): Promise<RunState> {
  const [ended] = state.phases;
  const next = closePhase(state, host, await pathsToJudge(state, host));
  return ended ? { ...next, run: await invalidateBeforeDeletes(next, ended, host) } : next;
}

/** How many paths a plan means to invalidate, if its cost is judged. */
async function pathsToJudge({ run, phases, loops }: PhaseEnd, host: Host): Promise<number | undefined> {
  const isJudged = phases[0]?.name === 'plan' && run.input.maxCost !== undefined;
  if (!isJudged) return undefined;
  const { copy, delete: deletes } = asTwoLoops(loops);
  return foretellPaths(run, { copy: copy.counters, delete: deletes.counters }, host);
}
