import type { RangeInput, RangeResult } from '../../statemachine/contract';
import { DeleteAllowance } from './delete-allowance';
import type { Host } from './host';
import { OrphanDeleter } from './orphan-deleter';
import { RangeTask } from './range-task';
import { STOP, type Visitor } from './walker';

/**
 * The delete loop's Task: walks the destination, and deletes what the source does not have, until the range ends or
 * the budget is spent. Only what both sides were listed for is deleted; see `walk`.
 *
 * @throws ListingError  before anything of the range was decided
 * @throws InterruptedError  the run was stopped before the range began, or its lock is gone
 * @throws AlreadyRunningError  another run has taken its lock over
 */
export async function deleteRange(input: RangeInput, host: Host): Promise<RangeResult> {
  const task = await RangeTask.begin(input, host, 'delete');
  const { counters } = task;
  const allowance = await DeleteAllowance.claim(input, host);

  function createVisitor(): Visitor {
    const deleter = new OrphanDeleter(task, allowance);
    return {
      visit(destination, source) {
        const takesPart = task.takesPart(destination);
        const orphan = takesPart && !source;
        if (orphan && allowance.isShareSpent) return STOP;
        counters.listed += 1;
        if (orphan) return deleter.delete(destination);
        counters[takesPart ? 'unchanged' : 'skipped'] += 1;
        return undefined;
      },
      flush: () => deleter.flush(),
    };
  }

  const ends = await task.walk(createVisitor);
  return { ...(await task.finish(ends)), ...allowance.lost };
}
