import { StoreError } from '../../engine/ports/store-error';
import { codeOf, statusOf } from './server-words';

/** Statuses of requests that a server does not accept as they are, or has never learned. */
const UNKNOWN = new Set([400, 405, 501]);
/** What a status of 400 says of the moment, of who asks, or of what is asked for. */
const NOT_THE_REQUEST = new Set([
  ...[
    'ExpiredToken',
    'TokenRefreshRequired',
    'InvalidToken',
    'RequestTimeout',
    'RequestTimeTooSkewed',
    'RequestExpired',
  ],
  ...['AuthorizationHeaderMalformed', 'IllegalLocationConstraintException', 'BadDigest', 'IncompleteBody', 'SlowDown'],
  ...['EntityTooLarge', 'InvalidPart', 'InvalidPartOrder', 'NoSuchUpload', 'KeyTooLongError', 'InvalidObjectState'],
]);

/** Whether a server may not know a request: only to be asked of one that is not AWS's. */
export function isUnknownRequest(error: unknown): boolean {
  const { code, status } = refusalOf(error);
  return (UNKNOWN.has(status) && !NOT_THE_REQUEST.has(code)) || code === 'NotImplemented';
}

/** Whether a server says in so many words that it has no such thing. */
export function isNotImplemented(error: unknown): boolean {
  const { code, status } = refusalOf(error);
  return status === 501 || status === 405 || code === 'NotImplemented';
}

/** HTTP status of a refusal; 0 if there was no answer. */
export function refusalStatus(error: unknown): number {
  return refusalOf(error).status;
}

function refusalOf(error: unknown): { readonly code: string; readonly status: number } {
  if (error instanceof StoreError) return { code: error.said?.code ?? '', status: error.said?.status ?? 0 };
  return { code: codeOf(error), status: statusOf(error) ?? 0 };
}
