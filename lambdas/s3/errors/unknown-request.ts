import { StoreError } from '../../engine/ports/store-error';
import { EXPIRED_CREDENTIALS } from './s3-errors';
import { codeOf, statusOf } from './server-words';

/** Statuses of requests that a server rejects or does not support. */
const UNKNOWN = new Set([400, 405, 501]);
/** Codes of status 400 that are about the time, the credentials or the object, not about an unknown request. */
const NOT_THE_REQUEST = new Set([
  ...EXPIRED_CREDENTIALS,
  ...['RequestTimeout', 'RequestTimeTooSkewed', 'RequestExpired'],
  ...['AuthorizationHeaderMalformed', 'IllegalLocationConstraintException', 'BadDigest', 'IncompleteBody', 'SlowDown'],
  ...[
    'EntityTooLarge',
    'InvalidPart',
    'InvalidPartOrder',
    'NoSuchUpload',
    'KeyTooLongError',
    'InvalidObjectState',
    'InvalidStorageClass',
  ],
]);

/** Whether a server may not support a request. Use it only for servers other than AWS. */
export function isUnknownRequest(error: unknown): boolean {
  const { code, status } = refusalOf(error);
  return (UNKNOWN.has(status) && !NOT_THE_REQUEST.has(code)) || code === 'NotImplemented';
}

/** Whether a server says explicitly that it does not support something. */
export function isNotImplemented(error: unknown): boolean {
  const { code, status } = refusalOf(error);
  return status === 501 || status === 405 || code === 'NotImplemented';
}

/** HTTP status of a rejection; 0 if there was no answer. */
export function refusalStatus(error: unknown): number {
  return refusalOf(error).status;
}

function refusalOf(error: unknown): { readonly code: string; readonly status: number } {
  if (error instanceof StoreError) return { code: error.said?.code ?? '', status: error.said?.status ?? 0 };
  return { code: codeOf(error), status: statusOf(error) ?? 0 };
}
