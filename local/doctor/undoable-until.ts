import { GetBucketLifecycleConfigurationCommand, type LifecycleRule } from '@aws-sdk/client-s3';
import { findRegion } from '../../lambdas/host/find-region';
import { s3Client } from '../../lambdas/s3/client/s3-client';
import { worldOf } from '../../lambdas/s3/credentials/worlds';
import type { SyncInput } from '../../statemachine/contract';

const DAY_MS = 86_400_000;

export interface UndoableUntil {
  /** ISO 8601. Until then S3 keeps the versions that an undo brings back; after that it may remove them. */
  readonly until: string;
  /** So many days after they were replaced. */
  readonly days: number;
  /** Of the lifecycle rule; absent: it has none. */
  readonly rule?: string;
}

/**
 * Until when a run can surely be undone, by the lifecycle rules of its destination. Nothing else depends on it, so an undo needs no
 * right to read them.
 *
 * @returns undefined if no rule removes former versions, or if nobody says so
 */
export async function undoableUntil(
  { destination: bucket, destinationPrefix: prefix, destinationOwner: owner, requestPayer }: SyncInput,
  startedAt: string,
): Promise<UndoableUntil | undefined> {
  try {
    const region = await findRegion(bucket, owner, prefix, requestPayer, 'destination');
    const { Rules = [] } = await s3Client(region, worldOf('destination', bucket)).send(
      new GetBucketLifecycleConfigurationCommand({ Bucket: bucket, ExpectedBucketOwner: owner }),
    );
    return firstExpiry(Rules, prefix, Date.parse(startedAt));
  } catch {
    return undefined;
  }
}

/**
 * What the run replaced counts as noncurrent since then. S3 adds the days of the rule, and rounds up to midnight UTC:
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/intro-lifecycle-rules.html
 *
 * @param folder  in which the run has written; a rule about some of its objects counts, too
 * @param startedAt  of the run, in milliseconds since 1970
 */
export function firstExpiry(
  rules: readonly LifecycleRule[],
  folder: string,
  startedAt: number,
): UndoableUntil | undefined {
  const expiring = rules.flatMap(({ Status, ID, Filter, Prefix, NoncurrentVersionExpiration }) => {
    const days = NoncurrentVersionExpiration?.NoncurrentDays;
    const covered = Filter?.Prefix ?? Filter?.And?.Prefix ?? Prefix ?? '';
    if (Status !== 'Enabled' || days === undefined || !(covered.startsWith(folder) || folder.startsWith(covered)))
      return [];
    return [{ days, ...(ID && { rule: ID }) }];
  });
  const [first] = expiring.sort((one, other) => one.days - other.days);
  if (!first) return undefined;
  const until = Math.ceil((startedAt + first.days * DAY_MS) / DAY_MS) * DAY_MS;
  return { until: new Date(until).toISOString(), ...first };
}
