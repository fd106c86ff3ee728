import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import {
  CopyObjectCommand,
  type CopyObjectCommandInput,
  CreateBucketCommand,
  type CreateBucketCommandInput,
  DeleteBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  type GetObjectCommandInput,
  HeadObjectCommand,
  type HeadObjectCommandInput,
  ListObjectVersionsCommand,
  PutObjectCommand,
  type PutObjectCommandInput,
  S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { type S3Server, startS3 } from '../../../local/s3';
import { deviations } from './deviations';

/** The server the suite is about: `embedded`, or what the environment names. */
export const serverName = process.env.S3_CONTRACT_SERVER ?? (process.env.S3_CONTRACT_ENDPOINT ? 'other' : 'embedded');

/** A theme of the contract, run against the embedded S3, or against `S3_CONTRACT_ENDPOINT`. */
export function describeContract(theme: string, tests: (s3: ContractServer) => void): void {
  describe(`S3 ${theme}, on the server "${serverName}"`, () => {
    const s3 = new ContractServer();
    beforeAll(() => s3.start());
    afterAll(() => s3.stop());
    tests(s3);
  });
}

/**
 * States one behaviour of S3. Where the server is known to deviate, the test must fail: one that passes says which row to remove.
 */
export function behaviour(title: string, run: () => Promise<void>): void {
  const deviation = deviations[title]?.[serverName];
  if (deviation === undefined) {
    it(title, run);
    return;
  }
  it(`${title} [not on ${serverName}: ${deviation}]`, async () => {
    const kept = await run().then(
      () => true,
      () => false,
    );
    if (kept) {
      throw new Error(`"${serverName}" does this now: remove its row "${title}" from deviations.ts`);
    }
  });
}

/** Clients and buckets on the server, and short forms of what tests do most. */
export class ContractServer {
  private embedded: S3Server | undefined;
  private endpoint = process.env.S3_CONTRACT_ENDPOINT ?? '';
  private readonly buckets: { name: string; region: string }[] = [];
  private readonly clients = new Map<string, S3Client>();
  readonly handler = new RecordingHandler();

  async start(): Promise<void> {
    if (this.endpoint === '') {
      this.embedded = await startS3();
      this.endpoint = this.embedded.endpoint;
    }
  }

  /** Removes what the tests left, and then the server if it is ours. */
  async stop(): Promise<void> {
    if (!this.embedded) {
      for (const { name, region } of this.buckets) {
        await this.emptyBucket(name, region).catch(() => undefined);
      }
    }
    for (const client of this.clients.values()) {
      client.destroy();
    }
    await this.embedded?.close();
  }

  /** A client that signs for `region`; a bare one sends no checksums by itself. */
  client(region = 'us-east-1', bare = false): S3Client {
    const name = bare ? `${region} bare` : region;
    let client = this.clients.get(name);
    if (!client) {
      client = new S3Client({
        endpoint: this.endpoint,
        region,
        forcePathStyle: true,
        maxAttempts: 1,
        requestChecksumCalculation: bare ? 'WHEN_REQUIRED' : 'WHEN_SUPPORTED',
        requestHandler: this.handler,
        credentials: { accessKeyId: 'test', secretAccessKey: process.env.S3_CONTRACT_SECRET ?? 'test' },
        ...(process.env.S3_CONTRACT_PROFILE
          ? { profile: process.env.S3_CONTRACT_PROFILE, credentials: undefined }
          : {}),
      });
      this.clients.set(name, client);
    }
    return client;
  }

  get send(): S3Client['send'] {
    const client = this.client();
    return client.send.bind(client);
  }

  /** Makes an empty bucket. */
  async bucket(options: Omit<CreateBucketCommandInput, 'Bucket'> = {}): Promise<string> {
    const name = `contract-${randomBytes(8).toString('hex')}`;
    const region = options.CreateBucketConfiguration?.LocationConstraint ?? 'us-east-1';
    await this.client(region).send(new CreateBucketCommand({ Bucket: name, ...options }));
    this.buckets.push({ name, region });
    return name;
  }

  /** Makes a bucket with the given keys, each its own content. */
  async bucketOf(...keys: string[]): Promise<string> {
    const bucket = await this.bucket();
    await Promise.all(keys.map((key) => this.put(bucket, key, key)));
    return bucket;
  }

  put(bucket: string, key: string, body = 'content', more: Partial<PutObjectCommandInput> = {}) {
    return this.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: body, ...more }));
  }

  head(bucket: string, key: string, more: Partial<HeadObjectCommandInput> = {}) {
    return this.send(new HeadObjectCommand({ Bucket: bucket, Key: key, ...more }));
  }

  get(bucket: string, key: string, more: Partial<GetObjectCommandInput> = {}) {
    return this.send(new GetObjectCommand({ Bucket: bucket, Key: key, ...more }));
  }

  async text(bucket: string, key: string, more: Partial<GetObjectCommandInput> = {}): Promise<string> {
    const { Body } = await this.get(bucket, key, more);
    return (await Body?.transformToString()) ?? '';
  }

  /** Copies `from` to the key `to` of the same bucket unless another is given. */
  copy(bucket: string, from: string, to: string, more: Partial<CopyObjectCommandInput> = {}) {
    return this.send(new CopyObjectCommand({ Bucket: bucket, Key: to, CopySource: copySource(bucket, from), ...more }));
  }

  private async emptyBucket(name: string, region: string): Promise<void> {
    const client = this.client(region);
    const { Versions = [], DeleteMarkers = [] } = await client.send(
      new ListObjectVersionsCommand({ Bucket: name, EncodingType: 'url' }),
    );
    for (const { Key, VersionId } of [...Versions, ...DeleteMarkers]) {
      await client.send(new DeleteObjectCommand({ Bucket: name, Key: decodeListed(Key), VersionId }));
    }
    await client.send(new DeleteBucketCommand({ Bucket: name }));
  }
}

/** The `CopySource` of a key: percent-encoded, slashes left. */
export function copySource(bucket: string, key: string, versionId?: string): string {
  const path = key.split('/').map(encodeURIComponent).join('/');
  return `${bucket}/${path}${versionId === undefined ? '' : `?versionId=${versionId}`}`;
}

/** Status and code of the error a request must end with: `412 PreconditionFailed`. Without a body there is only a status. */
export async function refused(request: Promise<unknown>): Promise<string> {
  try {
    await request;
  } catch (error) {
    if (error instanceof S3ServiceException) {
      const status = error.$metadata.httpStatusCode;
      return `${status} ${error.name}`;
    }
    throw error;
  }
  throw new Error('Expected the request to be refused, but it succeeded');
}

/** The HTTP status of a refused request whose error has no body, such as HeadObject's. */
export async function refusedStatus(request: Promise<unknown>): Promise<number> {
  return Number((await refused(request)).split(' ')[0]);
}

/** A listed key as it is: with `EncodingType: 'url'` S3 encodes it like a form. */
export function decodeListed(key: string | undefined): string {
  return decodeURIComponent((key ?? '').replaceAll('+', ' '));
}

/** Keeps the last answer as it came over the wire, which the SDK hides. */
export class RecordingHandler extends NodeHttpHandler {
  lastBody = '';
  lastHeaders: Record<string, string> = {};

  override async handle(...args: Parameters<NodeHttpHandler['handle']>): ReturnType<NodeHttpHandler['handle']> {
    const result = await super.handle(...args);
    const { response } = result;
    this.lastHeaders = response.headers;
    if (/xml/.test(response.headers['content-type'] ?? '')) {
      const bytes = await buffer(response.body);
      this.lastBody = bytes.toString('utf8');
      response.body = Readable.from([bytes]);
    }
    return result;
  }
}
