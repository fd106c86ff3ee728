import type { PlanLane } from '../kept-plan/plan-writer';
import { compareKeys } from '../keys/compare-keys';
import type { RunStore } from '../ports/run-store';
import type { RangeTask } from '../range/range-task';
import type { Finder } from '../walk/key-finder';
import { walkKeys } from '../walk/walk-keys';
import type { WalkEnd } from '../walk/walker';
import { readRunToUndo } from './settle-undo';
import { UndoVisitor } from './undo-visitor';
import { VersionFinder } from './version-finder';
import { readWritten } from './written';

type Task = ConstructorParameters<typeof UndoVisitor>[0] &
  Pick<RangeTask, 'input' | 'isDestinationAws' | 'openVersions' | 'shouldHandBack' | 'shouldStop'>;

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
  const { shouldStop, shouldHandBack } = task;
  return walkKeys([...written.keys()].sort(compareKeys), tokens, {
    walked: new VersionFinder(task.openVersions(), written, Date.parse(startedAt), task.isDestinationAws),
    other: NOTHING,
    walkers: share.walkers,
    createVisitor: () => new UndoVisitor(task, openLane()),
    ...{ shouldStop, shouldHandBack },
  });
}
