import type { RangeInput, RangeResult } from '../../../statemachine/contract';
import { DeleteAllowance } from '../delete/delete-allowance';
import { DestinationVisitor } from '../delete/destination-visitor';
import { OrphanDeleter } from '../delete/orphan-deleter';
import { NO_PROOF, OrphanProof } from '../delete/orphan-proof';
import { SourceGuard } from '../delete/source-guard';
import { Grace } from '../grace/grace';
import { openPlannedWork } from '../kept-plan/planned-work';
import { planToApply } from '../phases/start-loops';
import type { Host } from '../ports/host';
import { finishRange } from '../range/finish-range';
import type { RangeTask } from '../range/range-task';
import { walkBuckets, walkPlan } from '../range/walk-range';
import { doRange } from './do-range';

/**
 * Task `DeleteRange` of the delete loop: walks the destination and deletes every object that the source lacks, until the range
 * ends or the time budget is spent. A key counts as lacking only if both sides were listed beyond it; see `Walker`. After a
 * plan, it deletes the orphans that the plan has found and that the source still lacks.
 *
 * @throws SourceEmptyError  there are orphans, and the source is empty
 * @throws ListingError  the first pages could not be listed, and nothing of the range was decided
 * @throws PlanChangedError  somebody has changed the plan
 * @throws InterruptedError  the run was stopped before the range began, or its lock is gone
 * @throws AlreadyRunningError  another run has taken over the lock
 * @throws ContractVersionError  the run began before the functions were deployed
 */
export function deleteRange(input: RangeInput, host: Host): Promise<RangeResult> {
  return doRange(input, host, 'delete', (task) => deleteWithin(task, host));
}

async function deleteWithin(task: RangeTask, host: Host): Promise<RangeResult> {
  const { input } = task;
  const plan = planToApply(input.phase, input.run);
  const allowance = new DeleteAllowance(input, host);
  const guard = new SourceGuard(task);
  const isUndo = input.run.input.undo !== undefined;
  const proof = isUndo ? NO_PROOF : new OrphanProof(task.sourceOfProofs, task.sides.proof);
  const grace = Grace.of(input, host);

  const createVisitor = () => {
    const deleter = new OrphanDeleter(task, allowance, proof, plan === undefined);
    return new DestinationVisitor({ task, guard, allowance, deleter, grace: grace?.openLane() });
  };
  const ends = plan
    ? await walkPlan(task, createVisitor, await openPlannedWork(plan, input, 'delete', host.runStore))
    : await walkBuckets(task, createVisitor, guard.watch(task.buckets.source));
  const result = await finishRange(
    task,
    ends.map((end) => guard.carryOn(end)),
  );
  await grace?.close(result.tokens);
  return { ...result, ...(await allowance.close()) };
}
