import type { RangeInput, RangeResult } from '../../statemachine/contract';
import { compareBy } from './compare';
import { fitError } from './fit-error';
import type { Host } from './host';
import { ObjectCopier } from './object-copier';
import type { ListedObject } from './object-store';
import { RangeTask } from './range-task';
import type { Visitor } from './walker';

/**
 * The copy loop's Task: walks the source, and copies what the destination lacks or has otherwise, until the range ends
 * or the budget is spent.
 *
 * @throws ListingError  before anything of the range was decided
 * @throws InterruptedError  the run was stopped before the range began, or its lock is gone
 * @throws AlreadyRunningError  another run has taken its lock over
 */
export function copyRange(input: RangeInput, host: Host): Promise<RangeResult> {
  return fitError(input, () => copyWithin(input, host));
}

async function copyWithin(input: RangeInput, host: Host): Promise<RangeResult> {
  const task = await RangeTask.begin(input, host, 'copy');
  const copier = new ObjectCopier(task);
  const compare = compareBy(input.run.input.compare);
  const { counters } = task;

  function decide(source: ListedObject, destination: ListedObject | undefined, after: string | undefined) {
    counters.listed += 1;
    if (!task.takesPart(source)) {
      counters.skipped += 1;
      return undefined;
    }
    task.noteContent(source);
    if (!destination) return copier.copy({ source, destination, after }, 'missing');
    const verdict = compare(source, destination);
    if (verdict.action === 'unchanged') {
      counters.unchanged += 1;
      return undefined;
    }
    if (verdict.action === 'copy') return copier.copy({ source, destination, after }, verdict.reason);
    return copier.inspect({ source, destination, after }, verdict);
  }

  function createVisitor(after: string | undefined): Visitor {
    let previous = after;
    return {
      visit(source, destination) {
        const before = previous;
        previous = source.key;
        return decide(source, destination, before);
      },
    };
  }

  const ends = await task.walk(createVisitor);
  const result = await task.finish(ends);
  await copier.dropUnusedUploads(ends.flatMap(({ remainder }) => remainder ?? []));
  return result;
}
