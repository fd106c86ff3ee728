import type { FailedAttempts } from '../../engine/ports/failed-attempts';
import { passingFailure } from '../errors/passing-failure';

let count = 0;
let error: unknown;

/** Of all clients of this thread. */
export const FAILED_ATTEMPTS: FailedAttempts = {
  get count() {
    return count;
  },
  get last() {
    return count === 0 ? undefined : passingFailure(error);
  },
};

export function noteFailedAttempt(failure: unknown): void {
  count += 1;
  error = failure;
}
