import { addCounters, type Counters, emptyCounters } from './counters';
import type { KeptPlan, Phase } from './run';

/** What both loops of a phase counted. */
export interface CountedPhase {
  readonly name: Phase['name'];
  readonly copy: Counters;
  readonly delete: Counters;
}

interface Counted {
  readonly phases: readonly CountedPhase[];
  /** The plan that the run has made or applied; absent: none was kept. */
  readonly plan?: KeptPlan | undefined;
  /** The run writes nothing on purpose. */
  readonly dryRun: boolean;
}

/** What became of each object in the end, in both loops. */
export function totalsOf(counted: Counted): Counters {
  return addCounters(totalsOfLoop(counted, 'copy'), totalsOfLoop(counted, 'delete'));
}

/**
 * What became of each object of a loop in the end. A plan before a run and a verify phase decide about the same objects again, so
 * they are left out. After a plan that was applied, the phases that write are about its actions only: the plan tells of all other
 * objects. So it does if the run ended with the plan.
 */
export function totalsOfLoop({ phases, plan, dryRun }: Counted, loop: 'copy' | 'delete'): Counters {
  if (dryRun) return addUp(phases, loop);
  const writing = phases.filter(({ name }) => name !== 'plan' && name !== 'verify');
  const planned = phases.find(({ name }) => name === 'plan');
  if (!planned || (!plan && writing.length > 0)) return addUp(writing, loop);
  const restores = loop === 'copy' ? plan?.restores : 0;
  return addCounters(withoutActions(planned[loop], restores), addUp(writing, loop));
}

/** What a plan says of the objects for which it has no action. */
function withoutActions(
  { waiting = 0, overwritten: _overwritten, outdated: _outdated, ...found }: Counters,
  restores = 0,
): Counters {
  const skipped = found.skipped - restores;
  return {
    ...found,
    listed: found.unchanged + skipped,
    copied: 0,
    copiedBytes: 0,
    deleted: 0,
    failed: 0,
    skipped,
    ...(waiting > restores && { waiting: waiting - restores }),
  };
}

function addUp(phases: readonly CountedPhase[], loop: 'copy' | 'delete'): Counters {
  return phases.map((phase) => phase[loop]).reduce(addCounters, emptyCounters());
}
