import { S3Client } from '@aws-sdk/client-s3';
import { NodeHttpHandler } from '@smithy/node-http-handler';

/** S3 tells a bucket's region to whoever asks in any region of the partition. */
const ANY_REGION = 'us-east-1';
const MAX_ATTEMPTS = 6;
const clients = new Map<string, S3Client>();

/** The client of a region, made once per sandbox. */
export function s3Client(region: string): S3Client {
  const known = clients.get(region);
  if (known) return known;
  const client = new S3Client({
    region,
    maxAttempts: MAX_ATTEMPTS,
    followRegionRedirects: true,
    // Other S3 servers rarely have a host name per bucket.
    forcePathStyle: customEndpoint() !== undefined,
    requestHandler: new NodeHttpHandler({
      connectionTimeout: 5_000,
      requestTimeout: 300_000,
      // The adaptive concurrency is the limit; a socket must never be one, see aws-sdk-js-v3#3560.
      httpAgent: { keepAlive: true, maxSockets: Number.POSITIVE_INFINITY },
      httpsAgent: { keepAlive: true, maxSockets: Number.POSITIVE_INFINITY },
    }),
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

function customEndpoint(): string | undefined {
  return process.env.AWS_ENDPOINT_URL_S3 || process.env.AWS_ENDPOINT_URL || undefined;
}
