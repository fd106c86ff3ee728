import type { AppliedPlan, Phase, Run, SyncInput } from '../../../statemachine/contract';
import { withDeleteLimit } from '../guards/delete-guard';
import { refuse } from '../guards/guards';
import { foretellPaths } from '../invalidation/foretell';
import type { PlanToApply } from '../kept-plan/plan-to-apply';
import { planPhases } from '../phases/plan-phases';
import type { Host } from '../ports/host';

/** The phases that carry out a plan of an earlier run. */
export function phasesAfterPlan(input: SyncInput, { copies, deletes }: AppliedPlan): Phase[] {
  return copies + deletes === 0 ? [] : planPhases(input, { decidesFirst: true }).filter(({ name }) => name !== 'plan');
}

/**
 * Judges a plan of an earlier run by the guards of this run, which may be others.
 *
 * @returns the run, with its plan and its limits
 * @throws DeleteGuardError | OverwriteGuardError | CostGuardError
 */
export async function judgeApplied(
  run: Run,
  applied: PlanToApply | undefined,
  isSourceEmpty: boolean,
  host: Host,
): Promise<Run> {
  if (!applied) return run;
  const { copy, delete: deletes } = applied.found;
  const [phase] = planPhases({ ...run.input, dryRun: true });
  if (!phase) throw new Error('Expected a phase of a plan, got none');
  const limited = withDeleteLimit({ ...run, plan: applied.plan }, phase, deletes);
  // the plan itself has judged whether the source has content; an empty one may be applied if that is allowed
  const isEmptied = run.input.allowEmptySource && isSourceEmpty;
  const ended = {
    ...{ round: 0, ranges: 0, mapRanges: 0, busyMs: 0, lostDeletes: 0 },
    ...(!isEmptied && { content: '' }),
  };
  const loops = { copy: { ...ended, counters: copy }, delete: { ...ended, counters: deletes } };
  const error = refuse(phase, { ...limited, input: { ...run.input, dryRun: false } }, loops, {
    sides: host.worlds?.describe(run.input),
    paths: run.input.maxCost === undefined ? 0 : await foretellPaths(limited, { copy, delete: deletes }, host),
  });
  if (error) throw error;
  return limited;
}
