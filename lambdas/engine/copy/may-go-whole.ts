import { StoreError, TooSlowError, UnsupportedError } from '../ports/store-error';
import { WrongChecksumError } from './copy-proof';

type KnownError = UnsupportedError | WrongChecksumError;

/** Whether the error says what the server lacks. */
export function isKnown(error: unknown): error is KnownError {
  return error instanceof UnsupportedError || error instanceof WrongChecksumError;
}

/** Statuses of requests that a server does not carry out, whoever sends them. */
const ABOUT_REQUESTS: ReadonlySet<number> = new Set([400, 405, 411, 413, 416, 422, 501]);

/** Whether a copy in one piece may succeed although one in parts did not. */
export function mayGoWhole(error: unknown): error is StoreError {
  if (isKnown(error)) return true;
  if (error instanceof TooSlowError) return false;
  return error instanceof StoreError && error.reason === 'refused' && ABOUT_REQUESTS.has(error.said?.status ?? 400);
}
