import type { CaughtError } from '../../../statemachine/contract';
import { isErrorName } from '../../../statemachine/errors';

/**
 * Whether an error is not one of bucketsync's own, such as `States.Timeout`. In that case the function sent no answer and may
 * still be at work, so the run keeps its lock for a while.
 */
export function mayHaveLeftWork({ Error: name }: CaughtError): boolean {
  return !isErrorName(name);
}

/** The error that a run ends with, out of several: the first that may have left a function at work, or else the first. */
export function gravest(errors: readonly CaughtError[]): CaughtError | undefined {
  return errors.find(mayHaveLeftWork) ?? errors[0];
}
