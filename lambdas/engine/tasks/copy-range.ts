import type { RangeInput, RangeResult } from '../../../statemachine/contract';
import { ObjectCopier } from '../copy/object-copier';
import { PairVisitor } from '../copy/pair-visitor';
import { OrphanProof } from '../delete/orphan-proof';
import { SourceGuard } from '../delete/source-guard';
import { Evidence } from '../evidence/evidence-of-task';
import { walksBothSides } from '../phases/start-loops';
import { BothVisitor } from '../plan/both-visitor';
import { OrphanFinder } from '../plan/orphan-finder';
import type { Host } from '../ports/host';
import { RangeTask } from '../range/range-task';
import { requireContract } from '../run/require-contract';
import { abortAll } from '../uploads/unfinished-uploads';
import type { WalkEnd } from '../walk/walker';
import { doRange } from './do-range';

/**
 * Task `CopyRange` of the copy loop: walks the source and copies every object that the destination lacks, or that differs there,
 * until the range ends or the time budget is spent. In a phase that only decides, it also counts what only the destination has.
 *
 * @throws ListingError  the first pages could not be listed, and nothing of the range was decided
 * @throws InterruptedError  the run was stopped before the range began, or its lock is gone
 * @throws AlreadyRunningError  another run has taken over the lock
 * @throws ContractVersionError  the run began before the functions were deployed
 */
export function copyRange(input: RangeInput, host: Host): Promise<RangeResult> {
  return doRange(input, host, () => copyWithin(input, host));
}

async function copyWithin(input: RangeInput, host: Host): Promise<RangeResult> {
  requireContract(input.run.contract);
  const task = await RangeTask.begin(input, host, 'copy');
  const copier = new ObjectCopier(task);
  const evidence = new Evidence(input, host);
  const pairs = (after: string | undefined) => new PairVisitor({ task, copier, evidence }, after);
  const isBoth = walksBothSides(input.phase, input.run.input);
  const ends = isBoth ? await walkBoth(task, pairs) : await task.walk(pairs);
  try {
    const result = await task.finish(ends);
    const unused = task.uploads.unused(ends.flatMap(({ remainder }) => remainder ?? []));
    await abortAll(unused, task.buckets.destination.uploads);
    return result;
  } finally {
    await evidence.close();
  }
}

async function walkBoth(
  task: RangeTask,
  pairs: (after: string | undefined) => PairVisitor,
): Promise<readonly WalkEnd[]> {
  const guard = new SourceGuard(task);
  const proof = new OrphanProof(task.sourceOfProofs, task.proof);
  const createVisitor = (after: string | undefined) =>
    new BothVisitor(task, pairs(after), new OrphanFinder(task, guard, proof));
  const ends = await task.walk(createVisitor, guard.watch(task.buckets.source));
  return ends.map((end) => guard.carryOn(end));
}
