import type { FailedAttempts } from '../../engine/ports/failed-attempts';
import { nameOfFailure, passingFailure } from '../errors/passing-failure';

let count = 0;
let error: unknown;
const byName = new Map<string, number>();
/** S3 has a few codes. A server that invents more is not to fill the memory. */
const MOST_NAMES = 50;

/** Of all clients of this thread. */
export const FAILED_ATTEMPTS: FailedAttempts = {
  get count() {
    return count;
  },
  get last() {
    return count === 0 ? undefined : passingFailure(error);
  },
  get byName() {
    return Object.fromEntries(byName);
  },
};

export function noteFailedAttempt(failure: unknown): void {
  count += 1;
  error = failure;
  const name = nameOfFailure(failure);
  if (byName.has(name) || byName.size < MOST_NAMES) byName.set(name, (byName.get(name) ?? 0) + 1);
}
