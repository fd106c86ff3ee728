import { errorCode, isAbsent } from './s3-errors';

/** Of a write or delete whose condition does not hold. ConditionalRequestConflict: somebody else writes at this moment. */
const UNMET = ['PreconditionFailed', 'ConditionalRequestConflict'];

/** Whether a condition did not hold: what it is about is another version, or gone. */
export function isUnmet(error: unknown): boolean {
  return isAbsent(error) || UNMET.includes(errorCode(error));
}

/** Whether a request with a condition did what it was asked for. */
export async function unlessUnmet(request: Promise<unknown>): Promise<boolean> {
  try {
    await request;
    return true;
  } catch (error) {
    if (isUnmet(error)) return false;
    throw error;
  }
}
