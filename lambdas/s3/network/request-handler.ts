import { UndiciHandler } from './undici-handler';

/** Time until an answer begins. */
export const ANSWER_TIMEOUT_MS = 60_000;
/** Time until an answer ends, for the SDK's own requests: a part of a report may be long, and the network slow. */
const WHOLE_ANSWER_TIMEOUT_MS = 300_000;
const MAX_BYTES = 64 * 1024 ** 2;
/** Time without a byte. The slowest single copy takes this long, and S3 may be silent during it. */
const SILENCE_TIMEOUT_MS = 300_000;

/**
 * The request handler of every SDK client, so that all use the same proxy and trust the same certificates.
 *
 * @param caBundle  certificates of a side that has its own
 */
export function requestHandler(caBundle?: string): UndiciHandler {
  const timeouts = {
    requestTimeout: ANSWER_TIMEOUT_MS,
    socketTimeout: SILENCE_TIMEOUT_MS,
    answerTimeout: WHOLE_ANSWER_TIMEOUT_MS,
    maxBytes: MAX_BYTES,
  };
  return new UndiciHandler(timeouts, caBundle);
}
