import type { Host } from '../ports/host';
import type { RequestObserver } from '../ports/request-observer';

/** A list page may come so much later than its Task should end: with it the Task goes on, without it it has failed. */
const LATE_PAGE_MS = 10_000;

/**
 * Until when somebody waits for list pages.
 *
 * @param stopAt  when the Task should end, in milliseconds since 1970
 */
export function listLimits(
  { signal, now }: Host,
  stopAt: () => number,
): Required<Pick<RequestObserver, 'signal' | 'listMs'>> {
  return { signal, listMs: () => stopAt() + LATE_PAGE_MS - now() };
}
