import type { Run } from '../../../statemachine/contract';
import type { VersionExpiry } from '../ports/bucket-probes';
import type { Host } from '../ports/host';
import { readRunToUndo } from './settle-undo';

const DAY_MS = 86_400_000;

/**
 * Until when a run can surely be undone, by the lifecycle rules of its destination. Only the plan of an undo asks: nobody pays for undos
 * that never happen, and a right to read these rules is needed for nothing else.
 *
 * @returns ISO 8601; undefined if no rule removes former versions, or if nobody says so
 */
export async function undoableUntil(
  run: Run,
  host: Pick<Host, 'runStore' | 'openProbes'>,
): Promise<string | undefined> {
  const { undo, dryRun, destinationPrefix } = run.input;
  if (undo === undefined || !dryRun) return undefined;
  try {
    const { startedAt } = await readRunToUndo(undo, host.runStore);
    const rules = (await host.openProbes(run).versionExpiries()) ?? [];
    return firstExpiry(rules, destinationPrefix, Date.parse(startedAt));
  } catch {
    return undefined; // the plan is worth more than this
  }
}

/**
 * What the run replaced counts as noncurrent since then. S3 adds the days of the rule, and rounds up to midnight UTC:
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/intro-lifecycle-rules.html
 *
 * @param folder  in which the run has written; a rule about some of its objects counts, too
 * @param startedAt  of the run, in milliseconds since 1970
 */
export function firstExpiry(rules: readonly VersionExpiry[], folder: string, startedAt: number): string | undefined {
  const own = rules.filter((rule) => rule.folder.startsWith(folder) || folder.startsWith(rule.folder));
  if (own.length === 0) return undefined;
  const days = Math.min(...own.map((rule) => rule.days));
  return new Date(Math.ceil((startedAt + days * DAY_MS) / DAY_MS) * DAY_MS).toISOString();
}
