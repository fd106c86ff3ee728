import type { S3Client } from '@aws-sdk/client-s3';
import type { GetOutputType, MetadataBearer } from '@smithy/types';
import { type ReadBody, redirectedTo } from './read-answer';
import { Route, type RouteOptions, type SdkCommand } from './route';

const known = new WeakMap<S3Client, Map<string, BucketRequests>>();

/**
 * Sends commands to a bucket like `S3Client.send`, in at most half of the CPU time. The SDK assembles its middlewares, resolves
 * the endpoint and creates a signer for every request. Here this is done once per bucket.
 *
 * Only for commands whose own middlewares are known here: all commands that a mirror sends to its two buckets.
 */
export class BucketRequests {
  #route: Promise<Route> | undefined;

  private constructor(
    private readonly client: S3Client,
    private readonly bucket: string,
  ) {}

  /** Shared by all users of a bucket with the same client. */
  static of(client: S3Client, bucket: string): BucketRequests {
    const buckets = known.get(client) ?? new Map<string, BucketRequests>();
    known.set(client, buckets);
    const requests = buckets.get(bucket) ?? new BucketRequests(client, bucket);
    buckets.set(bucket, requests);
    return requests;
  }

  /**
   * @param read  reads the body of a good answer instead of the SDK
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
      // of many concurrent requests, the first one that gets a redirect changes the bucket's region
      if (this.#route === route) this.#route = this.#open(region);
      return (await (await this.#route).send(command, read as ReadBody, options)) as Output & MetadataBearer;
    }
  }

  async #open(region?: string): Promise<Route> {
    try {
      return await Route.open(this.client.config, this.bucket, region ?? (await this.client.config.region()));
    } catch (error) {
      this.#route = undefined; // the next request may succeed
      throw error;
    }
  }
}
