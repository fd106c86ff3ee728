import type { S3Client } from '@aws-sdk/client-s3';
import type { GetOutputType, MetadataBearer } from '@smithy/types';
import { type ReadBody, redirectedTo } from './read-answer';
import { RegionalRequests, type RequestOptions, type SdkCommand } from './regional-requests';

const known = new WeakMap<S3Client, Map<string, BucketRequests>>();

/**
 * Sends commands to a bucket like `S3Client.send`, in at most half of the CPU time. The SDK assembles its middlewares, resolves
 * the endpoint and creates a signer for every request. Here this is done once per bucket.
 *
 * Only for commands whose own middlewares are known here: all commands that a mirror sends to its two buckets.
 */
export class BucketRequests {
  #inRegion: Promise<RegionalRequests> | undefined;

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
    options?: RequestOptions,
  ): Promise<Output & MetadataBearer> {
    const { config } = this.client;
    this.#inRegion ??= this.#open();
    const requests = this.#inRegion;
    try {
      return (await (await requests).send(command, read as ReadBody, options)) as Output & MetadataBearer;
    } catch (error) {
      const region = config.followRegionRedirects ? redirectedTo(error) : undefined;
      if (region === undefined || region === (await requests).region) throw error;
      // of many concurrent requests, the first one that gets a redirect changes the bucket's region
      if (this.#inRegion === requests) this.#inRegion = this.#open(region);
      return (await (await this.#inRegion).send(command, read as ReadBody, options)) as Output & MetadataBearer;
    }
  }

  async #open(region?: string): Promise<RegionalRequests> {
    try {
      return await RegionalRequests.open(
        this.client.config,
        this.bucket,
        region ?? (await this.client.config.region()),
      );
    } catch (error) {
      this.#inRegion = undefined; // the next request may succeed
      throw error;
    }
  }
}
