import type { CaughtError } from '../../../statemachine/contract';
import { isErrorName } from '../../../statemachine/errors';

/**
 * Whether an error is none of ours, such as `States.Timeout`: then nobody has heard from the function, which may be at work
 * yet, so the run keeps its lock for a while.
 */
export function mayHaveLeftWork({ Error: name }: CaughtError): boolean {
  return !isErrorName(name);
}

/** The one of several errors that counts: the first that may have left a function at work, or else the first. */
export function gravest(errors: readonly CaughtError[]): CaughtError | undefined {
  return errors.find(mayHaveLeftWork) ?? errors[0];
}
