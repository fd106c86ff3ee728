import type { RangeInput } from '../../../statemachine/contract';
import { isHidden } from '../listing/hide-reserved';
import type { BucketReader, ListedObject } from '../ports/bucket-reader';
import type { Buckets } from '../ports/bucket-writer';
import type { MultipartLimits } from '../ports/object-uploads';
import { CUT_LIMITS, type CutLimits } from '../walk/cut-budget';
import { type SharedWalk, walkRanges } from '../walk/walk';
import { type KeyWalk, walkKeys } from '../walk/walk-keys';
import type { WalkEnd } from '../walk/walker';
import type { Waymarks } from '../waymarks/waymarks-of-task';
import type { Sides } from './sides';
import type { StopRules } from './stop-rules';

interface Task {
  readonly input: RangeInput;
  readonly loop: 'copy' | 'delete';
  readonly keys: readonly string[] | undefined;
  readonly buckets: Buckets;
  readonly sides: Sides;
  readonly multipart: MultipartLimits;
  readonly waymarks: Waymarks | undefined;
  readonly stops: Pick<StopRules, 'shouldStop'>;
  shouldHandBack(): boolean;
}
type Looking = Pick<BucketReader, 'listPage' | 'headObject'>;
type CreateVisitor = SharedWalk['createVisitor'];

/** With this many Tasks in a round, each has little left to do. */
const MANY_TASKS = 16;

/** Walks a Task's ranges on the loop's own side, with as many walkers as the round allows. */
export function walkBuckets(
  task: Task,
  createVisitor: CreateVisitor,
  source: Looking = task.buckets.source,
): Promise<WalkEnd[]> {
  const { destination } = task.buckets;
  if (task.keys) return walkKeys(task.keys, task.input.tokens, keyWalk(task, createVisitor, source));
  const sides =
    task.loop === 'copy'
      ? { walked: source, other: destination, proveAbsence: false }
      : { walked: destination, other: source, proveAbsence: true };
  const { waymarks, input } = task;
  const parts = waymarks?.parts ?? input.tokens.map((range) => ({ range, pages: 0 }));
  const noting: CreateVisitor = (after) => waymarks?.note(createVisitor(after)) ?? createVisitor(after);
  return walkRanges(
    parts.map(({ range }) => range),
    {
      ...walkOf(task, noting),
      ...sides,
      walkers: Math.max(input.share.walkers, parts.length),
      likelyPages: parts.map(({ pages }) => pages),
    },
  );
}

/** Walks a Task's ranges over what a plan says: it says of both sides what is there. */
export function walkPlan(
  task: Task,
  createVisitor: CreateVisitor,
  { ranges, ...work }: Pick<SharedWalk, 'walked' | 'other' | 'walkers'> & { readonly ranges: RangeInput['tokens'] },
): Promise<WalkEnd[]> {
  return walkRanges(ranges, { ...walkOf(task, createVisitor), ...work, proveAbsence: false });
}

function walkOf(task: Task, createVisitor: CreateVisitor) {
  const { stops, shouldHandBack } = task;
  return { cutLimits: cutLimitsOf(task), createVisitor, shouldStop: stops.shouldStop, shouldHandBack };
}

function cutLimitsOf(task: Task): CutLimits {
  const { round, share } = task.input;
  if (share.ranges >= MANY_TASKS) return CUT_LIMITS.manyTasks;
  if (round > 0) return CUT_LIMITS.laterRound;
  return copiesAll(task) ? CUT_LIMITS.firstCopies : CUT_LIMITS.firstRound;
}

/** Nobody has declined a plan, but there is none: the destination is empty. */
function copiesAll({ input: { run, phase }, loop }: Task): boolean {
  return loop === 'copy' && phase.write && !run.plan && run.input.plan !== false;
}

/** A wrong 404 of the destination only makes a copy needless. Any other wrong 404 would pass over an object, or delete it. */
function keyWalk(task: Task, createVisitor: CreateVisitor, reader: Looking): KeyWalk {
  const { buckets, input, loop, multipart, sides } = task;
  const copies = loop === 'copy';
  const source = {
    reader,
    trustsAbsence: sides.isSourceAws,
    // copies in parts have a checksum of the same kind
    wantsChecksum: ({ eTag, sizeBytes }: Pick<ListedObject, 'eTag' | 'sizeBytes'>) =>
      copies && (eTag.includes('-') || sizeBytes > multipart.maxCopyBytes),
    hides: (key: string) => isHidden(key, input.run.input, 'prefix'),
  };
  const destination = {
    reader: buckets.destination,
    trustsAbsence: copies || sides.isDestinationAws,
    wantsChecksum: () => false,
    hides: (key: string) => isHidden(key, input.run.input, 'destinationPrefix'),
  };
  return {
    ...(copies ? { walked: source, other: destination } : { walked: destination, other: source }),
    walkers: input.share.walkers,
    createVisitor,
    shouldStop: task.stops.shouldStop,
    shouldHandBack: task.shouldHandBack,
  };
}
