import { S3Client } from '@aws-sdk/client-s3';
import { isAwsEndpoint } from '../../statemachine/aws-endpoint';
import { ANY_REGION, ENVIRONMENT } from '../../statemachine/contract';
import { sharedCredentials } from './credentials';
import { withFreshCredentials } from './renew-credentials';
import { ANSWER_TIMEOUT_MS, requestHandler } from './request-handler';
import { MAX_ATTEMPTS, RetryEachRequest } from './retry-each-request';
import { Sha256 } from './sha256';

/** For a request to one of the buckets. A list page of a thousand long keys has some 4 MiB. */
export const SHORT_REQUEST = { answerTimeout: ANSWER_TIMEOUT_MS, maxBytes: 16 * 1024 ** 2 } as const;
/** For one that S3 works on before it answers: silence ends it, or what is the longest life of a function. */
export const LONG_REQUEST = { requestTimeout: 0, answerTimeout: 900_000, maxBytes: 1024 ** 2 } as const;

const clients = new Map<string, S3Client>();

/** The client of a region, made once per sandbox. */
export function s3Client(region: string): S3Client {
  const known = clients.get(region);
  if (known) return known;
  const client = new S3Client({
    region,
    ...sharedCredentials(),
    maxAttempts: MAX_ATTEMPTS,
    retryStrategy: new RetryEachRequest(),
    followRegionRedirects: true,
    forcePathStyle: usesPathStyle(),
    sha256: Sha256,
    requestHandler: requestHandler(),
  });
  // What is sent in other ways than by the client itself sees to that itself.
  client.middlewareStack.add((next) => (args) => withFreshCredentials(client, () => next(args)), {
    step: 'initialize',
    priority: 'high',
  });
  clients.set(region, client);
  return client;
}

let anyRegion: Promise<string> | undefined;

/** The client for a bucket whose region is not known yet: that of the environment or the profile, if there is one. */
export async function anyRegionClient(): Promise<S3Client> {
  anyRegion ??= new S3Client({}).config.region().catch(() => ANY_REGION);
  return s3Client(await anyRegion);
}

/** Other S3 servers rarely have a host name per bucket. */
export function usesPathStyle(): boolean {
  const style = process.env[ENVIRONMENT.addressingStyle] || 'auto';
  return style === 'auto' ? customEndpoint() !== undefined : style === 'path';
}

/** Whether the requests go to AWS itself, and not to another S3. */
export function isAws(): boolean {
  const endpoint = customEndpoint();
  return endpoint === undefined || isAwsEndpoint(endpoint);
}

/** Of an S3 that is not AWS's own. */
export function customEndpoint(): string | undefined {
  return process.env.AWS_ENDPOINT_URL_S3 || process.env.AWS_ENDPOINT_URL || undefined;
}
