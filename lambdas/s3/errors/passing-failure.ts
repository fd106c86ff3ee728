import type { FailedAttempt } from '../../engine/ports/failed-attempts';
import { toStoreError } from './s3-errors';
import { codeOf, describeError, messageOf, statusOf } from './server-words';

const TOO_MANY_REQUESTS = new Set([429, 503, 509]);

export const WHEN_BUSY =
  'The server, or something before it, gets too many requests, from this program or from others. Run it again when fewer are sent';
const WHEN_BROKEN =
  'The server cannot work at present. Run it again once it can. If it stays like this, ask its operator';
const WHEN_SILENT =
  'Make sure that the endpoint is right (and the proxy, if there is one), that its server runs, and that nothing in between ends connections. Then run it again';

/** A failure that may pass, in words for people: who met it again and again needs to know what it waits for. */
export function passingFailure(error: unknown): FailedAttempt {
  const name = nameOfFailure(error);
  if (statusOf(error) === undefined) return { name, words: messageOf(error), advice: WHEN_SILENT };
  return { name, words: describeError(error), advice: isBusy(error) ? WHEN_BUSY : WHEN_BROKEN };
}

/** The server's code. If there was no answer: `EndpointError`. */
export function nameOfFailure(error: unknown): string {
  return statusOf(error) === undefined ? 'EndpointError' : codeOf(error);
}

/** Whether the server asks for fewer requests. */
export function isBusy(error: unknown): boolean {
  return TOO_MANY_REQUESTS.has(statusOf(error) ?? 0) || toStoreError(error).reason === 'slow-down';
}
