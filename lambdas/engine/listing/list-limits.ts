import type { Host } from '../ports/host';
import type { RequestObserver } from '../ports/request-observer';

/** How long after its end a Task still waits for a list page: with the page the Task can go on, without it the Task fails. */
const LATE_PAGE_MS = 10_000;

/**
 * Says how long a Task waits for list pages.
 *
 * @param stopAt  when the Task should end, in milliseconds since 1970
 */
export function listLimits(
  { signal, now }: Host,
  stopAt: () => number,
): Required<Pick<RequestObserver, 'signal' | 'listMs'>> {
  return { signal, listMs: () => stopAt() + LATE_PAGE_MS - now() };
}
