import { setTimeout } from 'node:timers/promises';
import { errorCode } from './s3-errors';

/** Codes of status 409: another request for the same object was active, and S3 asks to send this one again. */
export const CONFLICTS: ReadonlySet<string> = new Set(['ConditionalRequestConflict', 'OperationAborted']);

/** Waits before the second and the third attempt. The other request ends quickly, so a further conflict is no accident. */
const PAUSES_MS = [100, 400];

/** Sends a request up to two more times if it conflicts with another request for the same object. */
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
