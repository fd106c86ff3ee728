import { StoreError, type StoreErrorReason } from '../../engine/ports/store-error';
import { codeOf, messageOf, referenceOf, statusOf } from './server-words';

const REASONS: Readonly<Record<string, StoreErrorReason>> = {
  NoSuchKey: 'gone',
  NotFound: 'gone',
  NoSuchObject: 'gone',
  NoSuchVersion: 'gone',
  PreconditionFailed: 'changed',
  ConditionalRequestConflict: 'changed',
  InvalidPartNumber: 'changed', // it had that part when it was listed
  InvalidObjectState: 'archived',
  ObjectNotInActiveTierError: 'archived',
  NoSuchUpload: 'upload-ended',
  SlowDown: 'slow-down',
  ServiceUnavailable: 'slow-down',
  RequestLimitExceeded: 'slow-down',
};

/** Codes of a refusal that another permission lifts; of others it is the word of the server, which has its own reasons. */
const MISSING_PERMISSION: ReadonlySet<string> = new Set(['AccessDenied', 'Forbidden', 'AccessForbidden']);

/** What an error of the SDK means for the object that was asked for. */
export function toStoreError(error: unknown): StoreError {
  if (error instanceof StoreError) return error;
  const code = errorCode(error);
  return new StoreError(reasonOf(code), `${code}: ${messageOf(error)}`, error, { code, status: statusOf(error) });
}

/** Of one key of a request that S3 did for others. */
export function storeError(code: string, message: string, requestId?: string): StoreError {
  const words = message || 'S3 gave no reason';
  return new StoreError(reasonOf(code), `${code}: ${words}${referenceOf(undefined, requestId)}`, undefined, { code });
}

function reasonOf(code: string): StoreErrorReason {
  // A key that is disabled, deleted, in another region, or none.
  if (code.startsWith('KMS.')) return 'key-unusable';
  return MISSING_PERMISSION.has(code) ? 'access-denied' : (REASONS[code] ?? 'refused');
}

/** A permission is missing, as far as the server says so. */
export function isMissingPermission(error: unknown): boolean {
  return MISSING_PERMISSION.has(errorCode(error));
}

/** The server refuses it, whatever its reason: a permission, a policy, a quota, an account. */
export function isForbidden(error: unknown): boolean {
  const code = errorCode(error);
  return (
    MISSING_PERMISSION.has(code) || (statusOf(error) === 403 && !(code in REASONS) && !CREDENTIAL_FAULTS.has(code))
  );
}

/**
 * Of requests that S3 did not take for those of whoever sent them. They are about the credentials or the clock, and no
 * permission would help.
 */
export const CREDENTIAL_FAULTS: ReadonlySet<string> = new Set([
  'InvalidAccessKeyId',
  'SignatureDoesNotMatch',
  'InvalidToken',
  'ExpiredToken',
  'TokenRefreshRequired',
  'RequestTimeTooSkewed',
  'RequestExpired',
  'InvalidSecurity',
  'NotSignedUp',
  'AccountProblem',
]);

/** What is missing, as S3 names it; other servers have words of their own for an object that is not there. */
const NAMED_ABSENCES = /^NoSuch|NotFoundError$|Configuration/;

/** Whether there is no such object. */
export function isAbsent(error: unknown): boolean {
  return REASONS[errorCode(error)] === 'gone';
}

/** S3's error code; of an answer without one what its status means. */
export function errorCode(error: unknown): string {
  if (error instanceof StoreError) return error.said?.code ?? error.name;
  const [code, status] = [codeOf(error), statusOf(error)];
  if (status === 404 && !NAMED_ABSENCES.test(code)) return 'NotFound';
  // What a condition of a copy is about is told by other codes as well.
  if (status === 412) return 'PreconditionFailed';
  if (status === 416 && !(code in REASONS)) return 'InvalidPartNumber';
  return code;
}
