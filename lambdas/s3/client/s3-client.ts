import { S3Client } from '@aws-sdk/client-s3';
import { ENVIRONMENT } from '../../../statemachine/contract';
import { AWS_ENDPOINT } from '../../../statemachine/input/sides';
import { ANY_REGION } from '../../../statemachine/partition';
import { sharedCredentials } from '../credentials/credentials';
import { withFreshCredentials } from '../credentials/renew-credentials';
import { endpointOf, HOME, type World } from '../credentials/worlds';
import { ANSWER_TIMEOUT_MS, requestHandler } from '../network/request-handler';
import { followRedirects } from './follow-redirects';
import { MAX_ATTEMPTS } from './next-attempt';
import { RetryEachRequest } from './retry-each-request';
import { Sha256 } from './sha256';

/** Limits of a request to one of the buckets. A list page of a thousand long keys has about 4 MiB. */
export const SHORT_REQUEST = { answerTimeout: ANSWER_TIMEOUT_MS, maxBytes: 16 * 1024 ** 2 } as const;
/** Limits of a request on which S3 works before it answers. Silence ends it, or the maximum time of a function. */
export const LONG_REQUEST = { requestTimeout: 0, answerTimeout: 900_000, maxBytes: 1024 ** 2 } as const;

const clients = new Map<string, S3Client>();

/** The client of a region, created once per sandbox. */
export function s3Client(region: string, world = HOME): S3Client {
  const id = `${region} ${world.id}`;
  const known = clients.get(id);
  if (known) return known;
  const client = new S3Client({
    region,
    ...(world.credentials ? { credentials: world.credentials } : sharedCredentials()),
    ...endpointIn(world),
    maxAttempts: MAX_ATTEMPTS,
    retryStrategy: new RetryEachRequest(),
    followRegionRedirects: true,
    forcePathStyle: usesPathStyle(world),
    sha256: Sha256,
    requestHandler: requestHandler(world.caBundle),
  });
  // requests that bypass the client do this themselves
  client.middlewareStack.add((next) => (args) => withFreshCredentials(client, () => next(args)), {
    step: 'initialize',
    priority: 'high',
  });
  followRedirects(client, (other) => s3Client(other, world));
  clients.set(id, client);
  return client;
}

let anyRegion: Promise<string> | undefined;

/** The client for a bucket with an unknown region: it uses the region of the environment or the profile, if there is one. */
export async function anyRegionClient(world = HOME): Promise<S3Client> {
  if (world.region !== undefined) return s3Client(world.region, world);
  anyRegion ??= new S3Client({}).config.region().catch(() => ANY_REGION);
  return s3Client(await anyRegion, world);
}

/** The SDK reads the environment's own endpoint itself. */
function endpointIn({ endpointUrl }: World): {
  readonly endpoint?: string;
  readonly ignoreConfiguredEndpointUrls?: true;
} {
  if (endpointUrl === AWS_ENDPOINT) return { ignoreConfiguredEndpointUrls: true };
  return endpointUrl === undefined ? {} : { endpoint: endpointUrl };
}

/** Other S3 servers rarely have a host name per bucket. The environment's setting does not apply to a side with its own endpoint. */
function usesPathStyle(world: World): boolean {
  const ofEnvironment = world.endpointUrl === undefined ? process.env[ENVIRONMENT.addressingStyle] : undefined;
  const style = world.addressingStyle ?? (ofEnvironment || 'auto');
  return style === 'auto' ? endpointOf(world) !== undefined : style === 'path';
}
