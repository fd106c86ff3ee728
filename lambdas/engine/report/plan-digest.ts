import type { ReportLine } from '../../../statemachine/contract';
import { type Amount, addAmounts, NOTHING } from './amounts';
import type { FolderSum } from './folder-sums';
import { type Kind, type LargeObject, Tally } from './tally';

export type { Amount } from './amounts';
export type { FolderSum as FolderDigest } from './folder-sums';

/** What people want to know of a plan before they run it. Its size does not depend on the number of objects. */
export interface PlanDigest {
  /** Copies of objects that the destination lacks. */
  readonly created: Amount;
  /** Copies in place of other objects, and the same by reason: `size`, `etag`, `metadata`, … */
  readonly overwritten: Amount;
  readonly reasons: Readonly<Record<string, Amount>>;
  readonly deleted: Amount;
  /** The folders with the most bytes to copy and delete, the largest first. The rest is under `others`. */
  readonly folders: readonly FolderSum[];
  readonly others?: FolderSum;
  /** The largest objects to copy, the largest first. */
  readonly largest: readonly LargeObject[];
  /** The first keys of each kind, in order. */
  readonly samples: Readonly<Record<Kind, readonly string[]>>;
}

const SHOWN = { folders: 10, largest: 5, samples: 10 };

/**
 * Sums up the lines of a plan, in whatever order they come.
 *
 * @param prefix  the folder of the source that is mirrored
 */
export async function digestPlan(parts: AsyncIterable<readonly ReportLine[]>, prefix = ''): Promise<PlanDigest> {
  const tally = new Tally(prefix);
  for await (const lines of parts) for (const line of lines) tally.add(line);
  const { copied, deleted, folders, others, largest, samples } = tally.toDocument(SHOWN);
  const { missing: created = NOTHING, ...reasons } = copied;
  const overwritten = Object.values(reasons).reduce(addAmounts, NOTHING);
  return { created, overwritten, reasons, deleted, folders, ...(others && { others }), largest, samples };
}
