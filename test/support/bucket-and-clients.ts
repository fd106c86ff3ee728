import { createServer, type RequestListener, type Server } from 'node:http';
import { ListObjectsV2Command, S3Client, type S3ClientConfig } from '@aws-sdk/client-s3';
import { ConfiguredRetryStrategy } from '@smithy/core/retry';
import { BucketRequests } from '../../lambdas/s3/client/bucket-requests';
import { type S3Server, startS3 } from '../../local/s3';
import { endServer, listenOnLoopback } from './loopback';

export const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };

export const requestsOf = (client: S3Client, bucket = 'a-bucket') => BucketRequests.of(client, bucket);
export const list = () => new ListObjectsV2Command({ Bucket: 'a-bucket' });

/** An embedded S3 for a test file, with an empty `a-bucket` for each test, and the test's own clients of it. */
export function useBucketAndClients(): BucketAndClients {
  const local = new BucketAndClients();
  beforeAll(() => local.start());
  afterAll(() => local.s3.close());
  beforeEach(() => {
    local.s3.onRequest = undefined;
    local.s3.createBucket('a-bucket');
  });
  afterEach(() => local.clear());
  return local;
}

class BucketAndClients {
  /** There once it has started. */
  s3!: S3Server;
  readonly #clients: S3Client[] = [];
  readonly #servers: Server[] = [];

  async start(): Promise<void> {
    this.s3 = await startS3();
  }

  /** A client that makes up to four attempts, a millisecond apart; destroyed after the test. */
  createClient(config: S3ClientConfig = {}): S3Client {
    const client = new S3Client({
      region: 'us-east-1',
      endpoint: this.s3.endpoint,
      forcePathStyle: true,
      followRegionRedirects: true,
      credentials,
      retryStrategy: new ConfiguredRetryStrategy(4, 1),
      ...config,
    });
    this.#clients.push(client);
    return client;
  }

  /**
   * Starts a server of what the embedded S3 does not answer; closed after the test.
   *
   * @returns its endpoint
   */
  async serve(listener: RequestListener): Promise<string> {
    const server = createServer(listener);
    this.#servers.push(server);
    return await listenOnLoopback(server);
  }

  clear(): void {
    for (const client of this.#clients.splice(0)) client.destroy();
    for (const server of this.#servers.splice(0)) {
      endServer(server);
    }
  }
}
