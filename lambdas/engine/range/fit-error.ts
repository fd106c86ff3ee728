import { ERRORS_BYTES } from '../../../statemachine/budgets';
import type { RangeInput } from '../../../statemachine/contract';
import { nameForRetry } from '../run/name-for-retry';

/**
 * Does a range's work, and shortens its error so that the state has room for the errors of all ranges. Lambda passes on
 * the message and the trace. The trace is shortened first.
 */
export async function fitError<T>({ share }: RangeInput, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Error) cut(error, Math.floor(ERRORS_BYTES / share.ranges));
    throw nameForRetry(error);
  }
}

function cut(error: Error, room: number): void {
  const trace = error.stack ?? '';
  if (bytesInState(error.message) + bytesInState(trace) <= room) return;
  error.stack = '';
  while (bytesInState(error.message) > room) {
    error.message = `${error.message.slice(0, Math.floor(error.message.length * 0.9) - 1)}…`;
  }
}

/** The cause of an error is JSON in a string of JSON. */
function bytesInState(text: string): number {
  return Buffer.byteLength(JSON.stringify(JSON.stringify(text)));
}
