import { HeadBucketCommand, type S3Client } from '@aws-sdk/client-s3';
import { type Response, redirectedTo } from './read-answer';

/** Of the SDK. To follow a redirect, they change the client's region until the answer is there. */
const CHANGE_THE_REGION = ['regionRedirectMiddleware', 'regionRedirectEndpointMiddleware'];

/** The used part of an SDK command. */
interface Command {
  readonly input: { readonly Bucket?: string };
}
type Send = (command: Command, ...more: unknown[]) => Promise<unknown>;

/** Sends without following redirects. */
const plain = new WeakMap<S3Client, Send>();

/**
 * Lets a client follow redirects without a change of its own region, which other requests use at the same time: after two redirects at
 * once the SDK may leave the region of one of them, or fail with "Region was not restored".
 *
 * @param inRegion  the client of another region, which follows redirects in the same way
 */
export function followRedirects(client: S3Client, inRegion: (region: string) => S3Client): void {
  for (const name of CHANGE_THE_REGION) client.middlewareStack.remove(name);
  const send = client.send.bind(client) as unknown as Send;
  plain.set(client, send);
  const sendIn = (region: string): Send => plain.get(inRegion(region)) ?? send;
  const regions = new Map<string | undefined, string>();
  const follow: Send = async (command, ...more) => {
    const { Bucket } = command.input;
    const known = regions.get(Bucket);
    try {
      return await (known === undefined ? send : sendIn(known))(command, ...more);
    } catch (error) {
      const region = placeOf(command, error);
      if (region === undefined || region === (known ?? (await client.config.region()))) throw error;
      regions.set(Bucket, region);
      return sendIn(region)(command, ...more);
    }
  };
  Object.assign(client, { send: follow });
}

/** The answer to a HEAD has no code. */
function placeOf(command: Command, error: unknown): string | undefined {
  const { $metadata, $response } = error as { $metadata?: { httpStatusCode?: number }; $response?: Response };
  const isOdd = command instanceof HeadBucketCommand && $metadata?.httpStatusCode === 400;
  return isOdd ? $response?.headers['x-amz-bucket-region'] : redirectedTo(error);
}
