import type { Run } from '../../../statemachine/contract';
import { ListingError } from '../../../statemachine/errors';
import type { BucketReader } from '../ports/bucket-reader';
import type { Host } from '../ports/host';
import type { RequestObserver } from '../ports/request-observer';
import { openBuckets } from './hide-reserved';

const LOOK_MS = 5_000;

/** Whether the servers of both buckets answer. Each is asked once, for one key. An error that S3 itself sends is an answer, too. */
export async function isThere(
  run: Run,
  host: Host,
  observer: Pick<RequestObserver, 'counters' | 'lacks'>,
): Promise<boolean> {
  const { source, destination } = openBuckets(host, run, {
    ...observer,
    onSlowDown() {},
    leaveToSender() {},
    signal: host.signal,
    listMs: () => LOOK_MS,
  });
  const answers = await Promise.all([source, destination].map(hasAnswer));
  return answers.every(Boolean);
}

function hasAnswer(side: BucketReader): Promise<boolean> {
  return side.listPage({ maxKeys: 1 }).then(
    () => true,
    (error: unknown) => error instanceof ListingError && error.isLasting,
  );
}
