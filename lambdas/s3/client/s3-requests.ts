import { AsyncLocalStorage } from 'node:async_hooks';
import type { RequestCounters } from '../../../statemachine/contract';
import type { RequestObserver } from '../../engine/ports/request-observer';
import { KeptBackError } from '../errors/kept-back-error';

interface Answer {
  readonly $metadata?: { readonly attempts?: number };
}

/** The request that is under way, which neither a retry strategy nor a handler is told about, and who observes it. */
const current = new AsyncLocalStorage<{ readonly kind: keyof RequestCounters; readonly observer: RequestObserver }>();

/** Sends a request, counts every attempt that it took, and passes on at once that S3 wants to be asked less. */
export async function observed<T extends Answer>(
  kind: keyof RequestCounters,
  observer: RequestObserver,
  send: () => Promise<T>,
): Promise<T> {
  try {
    const answer = await current.run({ kind, observer }, send);
    count(kind, observer, answer);
    observer.patience?.answered(kind);
    return answer;
  } catch (error) {
    count(kind, observer, error as Answer);
    throw error;
  }
}

/** An attempt of the request that is under way has failed. @throws Error  no other one may be sent */
export function attemptFailed(): void {
  const { kind, observer } = current.getStore() ?? {};
  observer?.onSlowDown();
  if (observer?.leaveToSender) {
    observer.leaveToSender();
    throw new Error('Whoever sent the request decides on another attempt');
  }
  if (kind === 'list' && isOver(observer)) throw new Error('The time for list pages is over');
}

/** What is under way here, and who observes it. */
export function requestUnderWay(): { readonly kind: keyof RequestCounters; readonly observer?: RequestObserver } {
  return current.getStore() ?? { kind: 'other' };
}

interface Limits {
  readonly answerTimeout: number;
  readonly signal?: AbortSignal;
}

/** A list page changes nothing, so it is waited for only as long as somebody wants it; of all else the answer counts. */
export function limitsOfRequest<Given extends Limits>(limits: Given): Given & Limits {
  const { kind, observer } = current.getStore() ?? {};
  if (kind !== 'list' || !observer) return limits;
  const left = Math.max(1, observer.listMs?.() ?? limits.answerTimeout);
  return { ...limits, answerTimeout: Math.min(limits.answerTimeout, left), signal: observer.signal };
}

function isOver(observer: RequestObserver | undefined): boolean {
  return observer?.signal?.aborted === true || (observer?.listMs?.() ?? 1) <= 0;
}

/** What is asked meanwhile is no part of the request that is under way. */
export function apart<T>(ask: () => T): T {
  return current.exit(ask);
}

function count(kind: keyof RequestCounters, { counters }: RequestObserver, answer: Answer): void {
  // The last attempt of one that its gate kept back was not sent.
  counters[kind] += (answer.$metadata?.attempts ?? 1) - (answer instanceof KeptBackError ? 1 : 0);
}
