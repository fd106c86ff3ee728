import { UndiciHandler } from './undici-handler';

/** Until an answer begins. */
export const ANSWER_TIMEOUT_MS = 60_000;
/** Until it has ended, of what the SDK itself sends: a part of a report may be long, and the network slow. */
const WHOLE_ANSWER_TIMEOUT_MS = 300_000;
const MAX_BYTES = 64 * 1024 ** 2;
/** Without a byte. As long as the slowest copy of one request takes; S3 may be silent meanwhile. */
const SILENCE_TIMEOUT_MS = 300_000;

/** What every client of the SDK sends with: so all of them go through the same proxy and trust the same certificates. */
export function requestHandler(): UndiciHandler {
  return new UndiciHandler({
    requestTimeout: ANSWER_TIMEOUT_MS,
    socketTimeout: SILENCE_TIMEOUT_MS,
    answerTimeout: WHOLE_ANSWER_TIMEOUT_MS,
    maxBytes: MAX_BYTES,
  });
}
