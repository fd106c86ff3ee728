import type { RunSummary, SyncInput } from '../statemachine/contract';
import { copyingSteps } from '../statemachine/input/copying-steps';

/**
 * What a run is taken to reach, here and in AWS. They are round numbers on the careful side: S3 accepts 3,500 writes a second in a
 * prefix, and deletes each key of a request of a thousand on its own.
 */
export const ASSUMED = {
  copiesPerSecond: 2_000,
  deletesPerSecond: 2_000,
  /** Of one copy, in one Region and between two. */
  bytesPerSecond: 50_000_000,
  bytesPerSecondAcross: 20_000_000,
} as const;

/** CopyObject takes as much by one request. What is larger goes in parts, at the same time. */
const LARGEST_COPY_BYTES = 5 * 1024 ** 3;

/** What a plan has found, and how long it has taken to list both sides. */
export interface Found extends Pick<RunSummary['totals'], 'copied' | 'copiedBytes' | 'deleted'> {
  readonly listedInMs: number;
  readonly largestBytes: number;
}

type Settings = Pick<SyncInput, 'mode' | 'order' | 'verify' | 'requestConcurrency'>;

/**
 * How many seconds a run with this plan is likely to take. It lists both sides again, as fast as the plan has, copies and deletes at
 * the assumed rates, and lists once more to verify.
 *
 * @returns undefined if the copies go through the machine of the run, of whose network nothing is known
 */
export function foretellSeconds(found: Found, settings: Settings, where: RunSummary['where']): number | undefined {
  if (where?.streamedFrom !== undefined) return undefined;
  const { copied, copiedBytes, deleted, listedInMs, largestBytes } = found;
  const isAcross = where !== undefined && where.sourceRegion !== where.destinationRegion;
  const rate = isAcross ? ASSUMED.bytesPerSecondAcross : ASSUMED.bytesPerSecond;
  const copies = Math.max(
    copied / ASSUMED.copiesPerSecond,
    copiedBytes / (rate * settings.requestConcurrency),
    Math.min(largestBytes, LARGEST_COPY_BYTES) / rate,
  );
  const deletes = deleted / ASSUMED.deletesPerSecond;
  // after steps it deletes when all is copied; otherwise both go on at the same time
  const acting = copyingSteps(settings).length > 0 ? copies + deletes : Math.max(copies, deletes);
  const listing = (listedInMs / 1000) * (settings.verify && copied + deleted > 0 ? 2 : 1);
  return Math.ceil(listing + acting);
}
