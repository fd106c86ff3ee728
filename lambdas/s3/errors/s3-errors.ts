import { StoreError, type StoreErrorReason } from '../../engine/ports/store-error';
import { codeOf, messageOf, referenceOf, statusOf } from './server-words';

const REASONS: Readonly<Record<string, StoreErrorReason>> = {
  NoSuchKey: 'gone',
  NotFound: 'gone',
  NoSuchObject: 'gone',
  NoSuchVersion: 'gone',
  PreconditionFailed: 'changed',
  ConditionalRequestConflict: 'changed',
  InvalidPartNumber: 'changed', // the object had that part when it was listed
  InvalidObjectState: 'archived',
  ObjectNotInActiveTierError: 'archived',
  NoSuchUpload: 'upload-ended',
  SlowDown: 'slow-down',
  ServiceUnavailable: 'slow-down',
  RequestLimitExceeded: 'slow-down',
};

/** Codes of denials that a permission would resolve. Other codes have other reasons, which only the server knows. */
const MISSING_PERMISSION: ReadonlySet<string> = new Set(['AccessDenied', 'Forbidden', 'AccessForbidden']);

/** What an SDK error means for the requested object. */
export function toStoreError(error: unknown): StoreError {
  if (error instanceof StoreError) return error;
  const code = errorCode(error);
  return new StoreError(reasonOf(code), `${code}: ${messageOf(error)}`, error, { code, status: statusOf(error) });
}

/** The error of a single key in a request that succeeded for others. */
export function storeError(code: string, message: string, requestId?: string): StoreError {
  const words = message || 'S3 gave no reason';
  return new StoreError(reasonOf(code), `${code}: ${words}${referenceOf(undefined, requestId)}`, undefined, { code });
}

function reasonOf(code: string): StoreErrorReason {
  // the key is disabled, deleted, in another region, or does not exist
  if (code.startsWith('KMS.')) return 'key-unusable';
  return MISSING_PERMISSION.has(code) ? 'access-denied' : (REASONS[code] ?? 'refused');
}

/** Whether the server says that a permission is missing. */
export function isMissingPermission(error: unknown): boolean {
  return MISSING_PERMISSION.has(errorCode(error));
}

/** Whether the server rejects the request, for any reason: a permission, a policy, a quota, an account. */
export function isForbidden(error: unknown): boolean {
  const code = errorCode(error);
  return (
    MISSING_PERMISSION.has(code) || (statusOf(error) === 403 && !(code in REASONS) && !CREDENTIAL_FAULTS.has(code))
  );
}

/** Codes for credentials that were valid before: they have expired, or somebody has revoked, disabled or replaced them. */
export const EXPIRED_CREDENTIALS: ReadonlySet<string> = new Set([
  'ExpiredToken',
  'ExpiredTokenException',
  'TokenExpired',
  'TokenRefreshRequired',
  'InvalidToken',
  'InvalidTokenId', // MinIO, also for sessions that have ended
  'InvalidClientTokenId',
  'UnrecognizedClientException',
  'InvalidAccessKeyId',
  'UserSuspended', // Ceph
]);

/**
 * Codes of requests that S3 could not authenticate. The credentials or the clock are wrong, so no permission would help.
 */
export const CREDENTIAL_FAULTS: ReadonlySet<string> = new Set([
  ...EXPIRED_CREDENTIALS,
  'SignatureDoesNotMatch',
  'RequestTimeTooSkewed',
  'RequestExpired',
  'InvalidSecurity',
  'NotSignedUp',
  'AccountProblem',
]);

/** S3's codes for missing things. Other servers use their own codes for a missing object. */
const NAMED_ABSENCES = /^NoSuch|NotFoundError$|Configuration/;

/** Whether the object does not exist. */
export function isAbsent(error: unknown): boolean {
  return REASONS[errorCode(error)] === 'gone';
}

/** S3's error code. For an answer without one: the meaning of its status. */
export function errorCode(error: unknown): string {
  if (error instanceof StoreError) return error.said?.code ?? error.name;
  const [code, status] = [codeOf(error), statusOf(error)];
  if (status === 404 && !NAMED_ABSENCES.test(code)) return 'NotFound';
  // other codes also report an unmet condition of a copy
  if (status === 412) return 'PreconditionFailed';
  if (status === 416 && !(code in REASONS)) return 'InvalidPartNumber';
  return code;
}
