import type { RangeInput, RangeResult } from '../../../statemachine/contract';
import { DeleteAllowance } from '../delete/delete-allowance';
import { OrphanDeleter } from '../delete/orphan-deleter';
import { NO_PROOF, OrphanProof } from '../delete/orphan-proof';
import { SourceGuard } from '../delete/source-guard';
import { Grace, type GraceLane } from '../grace/grace';
import { openPlannedWork } from '../kept-plan/planned-work';
import { planToApply } from '../phases/start-loops';
import type { ListedObject } from '../ports/bucket-reader';
import type { Host } from '../ports/host';
import { finishRange } from '../range/finish-range';
import { beginRange } from '../range/range-task';
import { walkBuckets, walkPlan } from '../range/walk-range';
import { requireContract } from '../run/require-contract';
import { STOP } from '../walk/stop';
import type { Decision, Visitor } from '../walk/walker';
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
  return doRange(input, host, () => deleteWithin(input, host));
}

async function deleteWithin(input: RangeInput, host: Host): Promise<RangeResult> {
  requireContract(input.run.contract);
  const task = await beginRange(input, host, 'delete');
  const { ledger, filter } = task;
  const plan = planToApply(input.phase, input.run);
  const allowance = new DeleteAllowance(input, host);
  const guard = new SourceGuard(task);
  const isUndo = input.run.input.undo !== undefined;
  const proof = isUndo ? NO_PROOF : new OrphanProof(task.sourceOfProofs, task.sides.proof);
  const grace = Grace.of(input, host);

  function leaveOut(object: ListedObject, lane: GraceLane | undefined): Promise<void> | undefined {
    ledger.meet(object.key);
    ledger.leftOut(object.key);
    return lane?.leaveOut(object);
  }

  function createVisitor(): Visitor {
    const lane = grace?.openLane();
    const deleter = new OrphanDeleter(task, allowance, proof, plan === undefined);
    const deleteOrphan = (orphan: ListedObject): Decision | Promise<Decision> => {
      const look = isUndo ? undefined : guard.ask(orphan);
      if (look) return look.then(() => deleteOrphan(orphan));
      const verdict = isUndo ? 'delete' : guard.judge(orphan);
      if (verdict === 'later') return STOP;
      if (verdict === 'leave') return leaveOut(orphan, lane);
      const isDue = lane?.isDue(orphan) ?? true;
      return isDue instanceof Promise ? isDue.then((due) => decide(orphan, due)) : decide(orphan, isDue);
    };
    const decide = (orphan: ListedObject, isDue: boolean): Decision | Promise<Decision> => {
      if (isDue) return deleteDue(orphan);
      ledger.meet(orphan.key);
      return ledger.deferred(orphan);
    };
    const deleteDue = (orphan: ListedObject): Decision | Promise<Decision> => {
      const claim = allowance.claim();
      if (claim) return claim.then(() => deleteDue(orphan));
      if (allowance.isQuotaSpent) return STOP;
      return deleter.delete(orphan);
    };
    return {
      visit(destination, source) {
        // If the source has the key, the destination's object is no orphan, even if a filter leaves the source's object out.
        const takesPart = filter.takesPart(source ?? destination);
        const orphan = takesPart && !source;
        if (orphan) return deleteOrphan(destination);
        if (!takesPart && !source) return leaveOut(destination, lane);
        ledger.meet(destination.key);
        if (takesPart) ledger.unchanged(destination.key);
        else ledger.leftOut(destination.key);
        return lane?.isBack(destination);
      },
      flush: () => deleter.flush(),
    };
  }

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
