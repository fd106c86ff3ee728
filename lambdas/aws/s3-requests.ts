import { AsyncLocalStorage } from 'node:async_hooks';
import type { RequestCounters } from '../../statemachine/contract';
import type { RequestObserver } from '../engine/object-store';

interface Answer {
  readonly $metadata?: { readonly attempts?: number };
}

/** Who observes the request that is under way; a retry strategy is told nothing about the request. */
const observers = new AsyncLocalStorage<RequestObserver>();

/** Sends a request, counts every attempt that it took, and passes on at once that S3 wants to be asked less. */
export async function observed<T extends Answer>(
  kind: keyof RequestCounters,
  observer: RequestObserver,
  send: () => Promise<T>,
): Promise<T> {
  try {
    const answer = await observers.run(observer, send);
    count(kind, observer, answer);
    return answer;
  } catch (error) {
    count(kind, observer, error as Answer);
    throw error;
  }
}

/** An attempt of the request that is under way has failed. Resolves when another one may be sent, rejects if none may. */
export async function attemptFailed(): Promise<void> {
  const observer = observers.getStore();
  observer?.onSlowDown();
  // What is asked meanwhile is no part of this request.
  await observers.exit(() => observer?.beforeRetry?.());
}

function count(kind: keyof RequestCounters, { counters }: RequestObserver, { $metadata }: Answer): void {
  counters[kind] += $metadata?.attempts ?? 1;
}
