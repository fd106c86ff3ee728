import type { RangeInput, RangeResult } from '../../../statemachine/contract';
import { ObjectCopier } from '../copy/object-copier';
import { PairVisitor } from '../copy/pair-visitor';
import { OrphanProof } from '../delete/orphan-proof';
import { SourceGuard } from '../delete/source-guard';
import { Evidence } from '../evidence/evidence-of-task';
import { Grace } from '../grace/grace';
import { KeptAttempt } from '../kept-plan/kept-attempt';
import type { PlanLane } from '../kept-plan/plan-writer';
import { openPlannedWork } from '../kept-plan/planned-work';
import { keepsPlan, planToApply, walksBothSides } from '../phases/start-loops';
import { BothVisitor } from '../plan/both-visitor';
import { OrphanFinder } from '../plan/orphan-finder';
import { PlannedVisitor } from '../plan/planned-visitor';
import type { Host } from '../ports/host';
import { finishRange } from '../range/finish-range';
import type { RangeTask } from '../range/range-task';
import { walkBuckets, walkPlan } from '../range/walk-range';
import { walkUndo } from '../undo/walk-undo';
import { abortAll } from '../uploads/unfinished-uploads';
import type { WalkEnd } from '../walk/walker';
import { doRange } from './do-range';

type Pairs = (after: string | undefined, lane: PlanLane | undefined) => PairVisitor;

/** The notes of a walk that decides and writes no object. */
interface Notes {
  openLane(): PlanLane | undefined;
  readonly grace: Grace | undefined;
}

/**
 * Task `CopyRange` of the copy loop: walks the source and copies every object that the destination lacks, or that differs there,
 * until the range ends or the time budget is spent. In a phase that only decides, it also counts what only the destination has.
 * After a plan, it does what the plan says and lists neither side. If the run undoes another one, it plans what brings each key back.
 *
 * @throws ListingError  the first pages could not be listed, and nothing of the range was decided
 * @throws PlanChangedError  somebody has changed the plan
 * @throws InterruptedError  the run was stopped before the range began, or its lock is gone
 * @throws AlreadyRunningError  another run has taken over the lock
 * @throws ContractVersionError  the run began before the functions were deployed
 */
export function copyRange(input: RangeInput, host: Host): Promise<RangeResult> {
  return doRange(input, host, 'copy', (task) => copyWithin(task, host));
}

async function copyWithin(task: RangeTask, host: Host): Promise<RangeResult> {
  const { input } = task;
  const copier = new ObjectCopier(task);
  const evidence = new Evidence(input, host);
  const plan = keepsPlan(input.phase, input.run, host.runStore) ? new KeptAttempt(input, host) : undefined;
  const pairs: Pairs = (after, lane) => new PairVisitor({ task, copier, evidence, plan: lane }, after);
  const grace = walksBothSides(input.phase, input.run) ? Grace.of(input, host) : undefined;
  const ends = await walk(task, pairs, { openLane: () => plan?.openLane(), grace }, host);
  try {
    const result = await finishRange(task, ends);
    const unused = task.uploads.unused(ends.flatMap(({ remainder }) => remainder ?? []));
    await abortAll(unused, task.buckets.destination.uploads);
    await grace?.close(result.tokens);
    await task.waymarks?.close(result.tokens);
    return { ...result, ...(await plan?.close()) };
  } finally {
    await evidence.close();
  }
}

async function walk(task: RangeTask, pairs: Pairs, notes: Notes, host: Host): Promise<readonly WalkEnd[]> {
  const { input } = task;
  const plan = planToApply(input.phase, input.run);
  if (plan) {
    const work = await openPlannedWork(plan, input, 'copy', host.runStore);
    return walkPlan(task, (after) => new PlannedVisitor(task, pairs(after, undefined)), work);
  }
  const { undo } = input.run.input;
  if (undo !== undefined) return walkUndo(undo, task, notes.openLane, host.runStore);
  if (walksBothSides(input.phase, input.run)) return walkBoth(task, pairs, notes);
  return walkBuckets(task, (after) => pairs(after, notes.openLane()));
}

async function walkBoth(task: RangeTask, pairs: Pairs, notes: Notes): Promise<readonly WalkEnd[]> {
  const guard = new SourceGuard(task);
  const proof = new OrphanProof(task.sourceOfProofs, task.sides.proof);
  const createVisitor = (after: string | undefined) => {
    const lane = notes.openLane();
    const grace = notes.grace?.openLane();
    return new BothVisitor(task, pairs(after, lane), new OrphanFinder(task, guard, proof, lane, grace), grace);
  };
  const ends = await walkBuckets(task, createVisitor, guard.watch(task.buckets.source));
  return ends.map((end) => guard.carryOn(end));
}
