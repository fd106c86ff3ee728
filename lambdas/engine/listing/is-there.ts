import type { Run } from '../../../statemachine/contract';
import { ListingError } from '../../../statemachine/errors';
import type { BucketReader } from '../ports/bucket-reader';
import type { Host } from '../ports/host';
import type { KnownLacks } from '../ports/known-lacks';
import type { RequestObserver } from '../ports/request-observer';
import { openBuckets } from './hide-reserved';

const LOOK_MS = 5_000;

/** Whether the servers of both buckets answer. Each is asked once, for one key. An error that S3 itself sends is an answer, too. */
export async function isThere(
  run: Run,
  host: Host,
  { counters, lacks }: Pick<RequestObserver, 'counters' | 'lacks'>,
): Promise<boolean> {
  const { source, destination } = openBuckets(host, run, {
    counters,
    lacks: lacks && atOnce(lacks),
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

/** The first listing of a Task may be the one that waits for this answer, so this one must not wait for it. */
function atOnce(lacks: KnownLacks): KnownLacks {
  return {
    has: (lack) => lacks.has(lack),
    add: (...found) => lacks.add(...found),
    giveUp: (operation) => lacks.giveUp(operation),
    hasGivenUp: (operation) => lacks.hasGivenUp(operation),
    first: (_kind, act) => act(),
  };
}
