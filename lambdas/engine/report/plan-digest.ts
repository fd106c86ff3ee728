import type { ReportLine, Run, SyncInput } from '../../../statemachine/contract';
import { copyingSteps } from '../../../statemachine/input/copying-steps';
import { type Amount, addAmounts, NOTHING } from './amounts';
import { type StepSum, StepSums } from './step-sums';
import { type Highlights, Tally } from './tally';

export type { Amount } from './amounts';
export type { FolderSum as FolderDigest } from './folder-sums';

/** What people want to know of a plan before they run it. Its size does not depend on the number of objects. */
export interface PlanDigest extends Highlights {
  /** Copies of objects that the destination lacks. */
  readonly created: Amount;
  /** Copies in place of other objects, and the same by reason: `size`, `etag`, `metadata`, … */
  readonly overwritten: Amount;
  readonly reasons: Readonly<Record<string, Amount>>;
  readonly deleted: Amount;
  /** The copies of each step, in the order of the steps. Absent: the run copies everything at once. */
  readonly steps?: readonly StepSum[];
}

const SHOWN = { folders: 10, largest: 5, samples: 10 };

/**
 * Sums up the lines of a plan, in whatever order they come.
 *
 * @param run  its folder, and the steps in which it copies
 */
export async function digestPlan(
  parts: AsyncIterable<readonly ReportLine[]>,
  {
    input,
    deployed,
  }: { readonly input: Pick<SyncInput, 'prefix' | 'mode' | 'order'>; readonly deployed?: Run['deployed'] },
): Promise<PlanDigest> {
  const wholeFolder = input.prefix.slice(0, input.prefix.length - (deployed?.folder ?? '').length);
  const tally = new Tally(input.prefix);
  const stepSums = new StepSums(copyingSteps(input), wholeFolder);
  for await (const lines of parts) {
    for (const line of lines) {
      tally.add(line);
      stepSums.add(line);
    }
  }
  const steps = stepSums.toArray();
  const { copied, deleted, folders, others, largest, samples } = tally.toDocument(SHOWN);
  const { missing: created = NOTHING, ...reasons } = copied;
  const overwritten = Object.values(reasons).reduce(addAmounts, NOTHING);
  return {
    ...{ created, overwritten, reasons, deleted },
    ...(steps.length > 0 && { steps }),
    folders,
    ...(others && { others }),
    largest,
    samples,
  };
}
