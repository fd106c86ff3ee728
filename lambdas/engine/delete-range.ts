import type { RangeInput, RangeResult } from '../../statemachine/contract';
import type { Host } from './host';
import type { ListedObject } from './object-store';
import { OrphanDeleter } from './orphan-deleter';
import { RangeTask } from './range-task';
import { walk } from './walk';

/**
 * The delete loop's Task: walks the destination, and deletes what the source does not have, until the range ends or
 * the budget is spent. Only what both sides were listed for is deleted; see `walk`.
 *
 * @throws ListingError  before anything of the range was decided
 * @throws InterruptedError  the run was stopped before the range began
 */
export async function deleteRange(input: RangeInput, host: Host): Promise<RangeResult> {
  const task = new RangeTask(input, host, 'delete');
  const deleter = new OrphanDeleter(task);
  const { counters, buckets } = task;

  function visit(destination: ListedObject, source: ListedObject | undefined): Promise<void> | undefined {
    counters.listed += 1;
    if (!task.takesPart(destination)) {
      counters.skipped += 1;
      return undefined;
    }
    if (source) {
      counters.unchanged += 1;
      return undefined;
    }
    return deleter.delete(destination);
  }

  const end = await walk({
    walked: buckets.destination,
    other: buckets.source,
    range: input.range,
    proveAbsence: true,
    visit,
    shouldStop: task.shouldStop,
    beforePage: () => deleter.flush(),
  });
  await deleter.flush();
  return task.finish(end);
}
