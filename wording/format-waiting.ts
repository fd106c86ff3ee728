import type { RunSummary } from '../statemachine/contract';
import { formatObjects } from './numbers';

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/restoring-objects-retrieval-options.html */
const HOURS: Readonly<Record<string, string>> = {
  Bulk: '12 hours, from DEEP_ARCHIVE 48',
  Standard: '5 hours, from DEEP_ARCHIVE 12',
  Expedited: '5 minutes',
};

/** `Waiting: 3 archived objects until S3 has restored them, …`; undefined if none waits. */
export function formatWaiting({ totals: { waiting = 0 }, input }: RunSummary): string | undefined {
  if (waiting === 0) return undefined;
  const objects = `${formatObjects(waiting)} in archives`;
  const { dryRun, restoreTier } = (input ?? {}) as { readonly dryRun?: boolean; readonly restoreTier?: string };
  if (dryRun === true) return `Waiting: ${objects}. A run asks S3 to restore them, and a later run copies them`;
  const hours = HOURS[restoreTier ?? ''];
  const patience = hours === undefined ? '' : ` That takes up to ${hours}.`;
  return `Waiting: ${objects} until S3 has restored them.${patience} Then run again to copy them`;
}
