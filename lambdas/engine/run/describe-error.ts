import type { CaughtError, ReportLine, RunError } from '../../../statemachine/contract';
import { compareKeys } from '../keys/compare-keys';
import { nameForPeople } from './name-for-retry';

const KEYS_IN_ERROR = 10;

/** An error of a run as its summary names it, with some of the keys that failed. */
export function describeError(caught: CaughtError, failures: readonly ReportLine[]): RunError {
  const keys = failures.slice(0, KEYS_IN_ERROR).map(({ key }) => key);
  return { name: nameForPeople(caught), message: messageOf(caught), keys: keys.sort(compareKeys) };
}

/**
 * Lambda wraps a handler's error in JSON. The local runner passes the message on unchanged. The message becomes the cause of the
 * execution. It never looks like the cause of an execution that ended without `FinishRun`, which the rule for messages recognises by
 * JSON, and by the names of Lambda's own errors.
 */
export function messageOf({ Error: name, Cause: given }: CaughtError): string {
  const message = given ? unwrap(given) : 'Step Functions gave no cause';
  const isOfLambda = name.startsWith('Lambda.') || !given;
  return isOfLambda || message.startsWith('{') ? `${name}: ${message}` : message;
}

function unwrap(cause: string): string {
  try {
    const { errorMessage } = JSON.parse(cause) as { errorMessage?: unknown };
    return typeof errorMessage === 'string' ? errorMessage : cause;
  } catch {
    return cause;
  }
}
