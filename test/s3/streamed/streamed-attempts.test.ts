import type { Grant } from '../../../lambdas/engine/ports/outages';
import type { RequestObserver } from '../../../lambdas/engine/ports/request-observer';
import { StoreError } from '../../../lambdas/engine/ports/store-error';
import { attemptStreams } from '../../../lambdas/s3/streamed/streamed-attempts';
import { emptyCounters } from '../../../statemachine/contract';

/** Asks the server for a copy until it is back, or nobody is granted more. @returns attempts, and the error if there is one */
async function copyWhileAway(failures: number, grants: number) {
  let [attempts, granted] = [0, 0];
  const patience = {
    isAway: true,
    grant: async (): Promise<Grant> => (granted++ < grants ? 'one' : 'none'),
  } as unknown as NonNullable<RequestObserver['patience']>;
  const observer: RequestObserver = { counters: emptyCounters().requests, onSlowDown: () => undefined, patience };
  const error = await attemptStreams(observer, async ({ leaveToSender }) => {
    attempts += 1;
    if (attempts > failures) return undefined;
    leaveToSender?.();
    throw new StoreError('refused', 'connection refused');
  }).catch((reason) => reason);
  return { attempts, error };
}

it('sends a copy again as long as a server that is away is waited for', async () => {
  expect(await copyWhileAway(20, 100)).toEqual({ attempts: 21, error: undefined });
});

it('gives a copy up once nobody waits for the server any more', async () => {
  const { attempts, error } = await copyWhileAway(20, 8);

  expect(attempts).toBe(9);
  expect(error).toMatchObject({ name: 'StoreError', message: 'connection refused' });
});
