import { setTimeout } from 'node:timers/promises';
import { errorCode } from './s3-errors';

/** Codes of the status 409: another request for the same object was under way, and S3 asks to send this one again. */
export const CONFLICTS: ReadonlySet<string> = new Set(['ConditionalRequestConflict', 'OperationAborted']);

/** Before the second and the third attempt. Such a request is over in a moment; after that it is no accident. */
const PAUSES_MS = [100, 400];

/** Sends a request up to twice more when it met another one for the same object. */
export async function retryConflicts<T>(
  request: () => Promise<T>,
  wait: (milliseconds: number) => Promise<void> = (milliseconds) => setTimeout(milliseconds),
  pauses: readonly number[] = PAUSES_MS,
): Promise<T> {
  const [pause, ...later] = pauses;
  if (pause === undefined) return request();
  try {
    return await request();
  } catch (error) {
    if (!isConflict(error)) throw error;
    await wait(pause);
    return retryConflicts(request, wait, later);
  }
}

export function isConflict(error: unknown): boolean {
  return CONFLICTS.has(errorCode(error));
}
