import type { RequestCounters } from '../../statemachine/contract';
import type { RequestObserver } from '../engine/object-store';

interface Answer {
  readonly $metadata?: { readonly attempts?: number };
}

/** Sends a request, counts every attempt that it took, and passes on that S3 wanted to be asked less. */
export async function observed<T extends Answer>(
  kind: keyof RequestCounters,
  observer: RequestObserver,
  send: () => Promise<T>,
): Promise<T> {
  try {
    const answer = await send();
    count(kind, observer, answer);
    return answer;
  } catch (error) {
    count(kind, observer, error as Answer);
    throw error;
  }
}

function count(kind: keyof RequestCounters, { counters, onSlowDown }: RequestObserver, { $metadata }: Answer): void {
  const attempts = $metadata?.attempts ?? 1;
  counters[kind] += attempts;
  if (attempts > 1) onSlowDown();
}
