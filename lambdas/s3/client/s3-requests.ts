import { AsyncLocalStorage } from 'node:async_hooks';
import type { RequestCounters } from '../../../statemachine/contract';
import type { RequestObserver } from '../../engine/ports/request-observer';
import { KeptBackError } from '../errors/kept-back-error';

interface Answer {
  readonly $metadata?: { readonly attempts?: number };
}

/** The current request and its observer, which retry strategies and handlers do not get as arguments. */
const current = new AsyncLocalStorage<{ readonly kind: keyof RequestCounters; readonly observer: RequestObserver }>();

/** Sends a request, counts each attempt, and reports at once if S3 asks for fewer requests. */
export async function observed<T extends Answer>(
  kind: keyof RequestCounters,
  observer: RequestObserver,
  request: () => Promise<T>,
): Promise<T> {
  try {
    const answer = await current.run({ kind, observer }, request);
    count(kind, observer, answer);
    observer.patience?.answered(kind);
    return answer;
  } catch (error) {
    count(kind, observer, error as Answer);
    throw error;
  }
}

/** An attempt of the current request has failed. @throws Error  no other attempt is allowed */
export function attemptFailed(): void {
  const { kind, observer } = current.getStore() ?? {};
  observer?.onSlowDown();
  if (observer?.leaveToSender) {
    observer.leaveToSender();
    throw new Error('The sender of the request decides on another attempt');
  }
  if (kind === 'list' && isOver(observer)) throw new Error('The time for list pages is over');
}

/** The current request and its observer. */
export function requestUnderWay(): { readonly kind: keyof RequestCounters; readonly observer?: RequestObserver } {
  return current.getStore() ?? { kind: 'other' };
}

interface Limits {
  readonly answerTimeout: number;
  readonly signal?: AbortSignal;
}

/** A list request changes nothing, so its answer may be abandoned. The answers to all other requests matter. */
export function limitsOfRequest<Given extends Limits>(limits: Given): Given & Limits {
  const { kind, observer } = current.getStore() ?? {};
  if (kind !== 'list' || !observer) return limits;
  const left = Math.max(1, observer.listMs?.() ?? limits.answerTimeout);
  return { ...limits, answerTimeout: Math.min(limits.answerTimeout, left), signal: observer.signal };
}

function isOver(observer: RequestObserver | undefined): boolean {
  return observer?.signal?.aborted === true || (observer?.listMs?.() ?? 1) <= 0;
}

/** Other requests in between do not belong to the current request. */
export function apart<T>(ask: () => T): T {
  return current.exit(ask);
}

function count(kind: keyof RequestCounters, { counters }: RequestObserver, answer: Answer): void {
  // if the gate stopped the request, its last attempt was not sent
  counters[kind] += (answer.$metadata?.attempts ?? 1) - (answer instanceof KeptBackError ? 1 : 0);
}
