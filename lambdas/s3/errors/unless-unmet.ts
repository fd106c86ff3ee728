import { errorCode, isAbsent } from './s3-errors';

/** Codes of a write or delete with an unmet condition. ConditionalRequestConflict: somebody else is writing now. */
const UNMET = ['PreconditionFailed', 'ConditionalRequestConflict'];

/** Whether a condition was not met: the object has another version, or is gone. */
export function isUnmet(error: unknown): boolean {
  return isAbsent(error) || UNMET.includes(errorCode(error));
}

/** The same for a write that demands that there is no object: for such a write, none is missing. */
export function isTaken(error: unknown): boolean {
  return UNMET.includes(errorCode(error));
}

/** Whether a conditional request succeeded. False if its condition was not met. */
export async function unlessUnmet(request: Promise<unknown>): Promise<boolean> {
  try {
    await request;
    return true;
  } catch (error) {
    if (isUnmet(error)) return false;
    throw error;
  }
}
