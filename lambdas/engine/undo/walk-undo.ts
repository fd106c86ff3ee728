import type { RangeInput } from '../../../statemachine/contract';
import type { PlanLane } from '../kept-plan/plan-writer';
import { compareKeys } from '../keys/compare-keys';
import type { BucketVersions } from '../ports/bucket-versions';
import type { RunStore } from '../ports/run-store';
import type { Sides } from '../range/sides';
import type { Finder } from '../walk/key-finder';
import { walkKeys } from '../walk/walk-keys';
import type { WalkEnd } from '../walk/walker';
import { readRunToUndo } from './settle-undo';
import { type UndoTask, UndoVisitor } from './undo-visitor';
import { VersionFinder } from './version-finder';
import { readWritten } from './written';

interface Task extends UndoTask {
  readonly input: RangeInput;
  readonly sides: Pick<Sides, 'isDestinationAws'>;
  openVersions(): BucketVersions;
  shouldHandBack(): boolean;
}

/** The versions of the destination say all about a key. */
const NOTHING: Finder = { batch: 1000, find: async () => ({ objects: new Map() }) };

/** Plans, for each key that a former run has written, what brings it back. */
export async function walkUndo(
  undo: string,
  task: Task,
  openLane: () => PlanLane | undefined,
  store: RunStore,
): Promise<WalkEnd[]> {
  const { tokens, share } = task.input;
  const { id, startedAt } = await readRunToUndo(undo, store);
  const written = await readWritten(id, tokens, store);
  return walkKeys([...written.keys()].sort(compareKeys), tokens, {
    walked: new VersionFinder(task.openVersions(), written, Date.parse(startedAt), task.sides.isDestinationAws),
    other: NOTHING,
    walkers: share.walkers,
    createVisitor: () => new UndoVisitor(task, openLane()),
    shouldStop: task.stops.shouldStop,
    shouldHandBack: task.shouldHandBack,
  });
}
