import { S3Client } from '@aws-sdk/client-s3';
import { LONG_REQUEST, SHORT_REQUEST } from '../lambdas/s3/client/s3-client';
import { Sha256 } from '../lambdas/s3/client/sha256';
import { sharedCredentials } from '../lambdas/s3/credentials/credentials';
import { UndiciHandler } from '../lambdas/s3/network/undici-handler';
import { ObservingHandler, type Watcher } from './observing-handler';

/** A new bucket may answer 503 at first. If a request fails three times, that is an observation. */
const MAX_ATTEMPTS = 3;
const SILENCE_TIMEOUT_MS = 300_000;

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
}

/** A client that sends like the mirror's client, and whose requests are observed. */
export function observedClient(
  region: string,
  endpoint: string | undefined,
  watcher: Watcher,
  credentials?: Credentials,
): S3Client {
  const inner = new UndiciHandler({
    requestTimeout: SHORT_REQUEST.answerTimeout,
    socketTimeout: SILENCE_TIMEOUT_MS,
    answerTimeout: LONG_REQUEST.answerTimeout,
    maxBytes: 64 * 1024 ** 2,
  });
  return new S3Client({
    region,
    ...(credentials ? { credentials } : sharedCredentials()),
    ...(endpoint && { endpoint, forcePathStyle: true }),
    maxAttempts: MAX_ATTEMPTS,
    followRegionRedirects: true,
    sha256: Sha256,
    requestHandler: new ObservingHandler(inner, watcher),
  });
}
