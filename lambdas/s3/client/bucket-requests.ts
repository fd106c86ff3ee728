import type { S3Client } from '@aws-sdk/client-s3';
import type { GetOutputType, MetadataBearer } from '@smithy/types';
import { type ReadBody, redirectedTo } from './read-answer';
import { Route, type RouteOptions, type SdkCommand } from './route';

const known = new WeakMap<S3Client, Map<string, BucketRequests>>();

/**
 * Sends commands to a bucket as `S3Client.send` does, for half of the CPU time or less: the SDK assembles its middlewares,
 * resolves the endpoint and makes a signer for every request; here that is done once for a bucket.
 *
 * Only for commands whose own middlewares are known here: all that a mirror sends to its two buckets.
 */
export class BucketRequests {
  #route: Promise<Route> | undefined;

  private constructor(
    private readonly client: S3Client,
    private readonly bucket: string,
  ) {}

  /** The same for all who reach a bucket through the same client. */
  static of(client: S3Client, bucket: string): BucketRequests {
    const buckets = known.get(client) ?? new Map<string, BucketRequests>();
    known.set(client, buckets);
    const requests = buckets.get(bucket) ?? new BucketRequests(client, bucket);
    buckets.set(bucket, requests);
    return requests;
  }

  /**
   * @param read  reads the body of a good answer in place of the SDK
   * @throws S3ServiceException, or whatever `S3Client.send` throws, with the number of attempts in `$metadata`
   */
  async send<Command extends SdkCommand, Output = GetOutputType<Command>>(
    command: Command,
    read?: (body: Uint8Array, headers: Readonly<Record<string, string>>) => Output | undefined,
    options?: RouteOptions,
  ): Promise<Output & MetadataBearer> {
    const { config } = this.client;
    this.#route ??= this.#open();
    const route = this.#route;
    try {
      return (await (await route).send(command, read as ReadBody, options)) as Output & MetadataBearer;
    } catch (error) {
      const region = config.followRegionRedirects ? redirectedTo(error) : undefined;
      if (region === undefined || region === (await route).region) throw error;
      // Of many requests under way, the first one to be told moves the bucket.
      if (this.#route === route) this.#route = this.#open(region);
      return (await (await this.#route).send(command, read as ReadBody, options)) as Output & MetadataBearer;
    }
  }

  async #open(region?: string): Promise<Route> {
    try {
      return await Route.open(this.client.config, this.bucket, region ?? (await this.client.config.region()));
    } catch (error) {
      this.#route = undefined; // the next request may find what was missing
      throw error;
    }
  }
}
