import { S3ServiceException } from '@aws-sdk/client-s3';
import { StoreError, type StoreErrorReason } from '../engine/object-store';

const REASONS: Readonly<Record<string, StoreErrorReason>> = {
  NoSuchKey: 'gone',
  NotFound: 'gone',
  PreconditionFailed: 'changed',
  ConditionalRequestConflict: 'changed',
  InvalidPartNumber: 'changed', // it had that part when it was listed
  InvalidObjectState: 'archived',
  ObjectNotInActiveTierError: 'archived',
  AccessDenied: 'access-denied',
  Forbidden: 'access-denied',
  NoSuchUpload: 'upload-ended',
  SlowDown: 'slow-down',
  ServiceUnavailable: 'slow-down',
  RequestLimitExceeded: 'slow-down',
};

/** What an error of the SDK means for the object that was asked for. */
export function toStoreError(error: unknown): StoreError {
  if (error instanceof StoreError) return error;
  return storeError(errorCode(error), error instanceof Error ? error.message : String(error), error);
}

export function storeError(code: string, message: string, cause?: unknown): StoreError {
  // A key that is disabled, deleted, in another region, or none.
  const reason = code.startsWith('KMS.') ? 'key-unusable' : (REASONS[code] ?? 'refused');
  return new StoreError(reason, `${code}: ${message}`, cause);
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

/** S3's error code. The answer to a HEAD has no body, so there it is the SDK's word for the status. */
export function errorCode(error: unknown): string {
  if (!(error instanceof S3ServiceException)) return error instanceof Error ? error.name : 'Error';
  const status = error.$metadata.httpStatusCode;
  if (status === 403 && !(error.name in REASONS) && !CREDENTIAL_FAULTS.has(error.name)) return 'AccessDenied';
  if (status === 404 && error.name === 'Error') return 'NotFound';
  if (status === 503 && error.name === 'Unknown') return 'SlowDown';
  if (status === 412) return 'PreconditionFailed';
  if (status === 416 && !(error.name in REASONS)) return 'InvalidPartNumber';
  return error.name;
}
