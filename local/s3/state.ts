import { createHash } from 'node:crypto';
import { Bucket, type BucketOptions } from './bucket';
import { noSuchBucket } from './errors';

export interface S3StateOptions {
  /** The clock behind LastModified and the like. @default the system's */
  readonly now?: () => Date;
  /** The region of buckets that do not set one. @default 'us-east-1' */
  readonly region?: string;
  /** The account that owns buckets if they name no other, and that sends all requests. @default '123456789012' */
  readonly ownerId?: string;
}

/** Everything the server keeps, apart from the server itself. */
export class S3State {
  readonly buckets = new Map<string, Bucket>();
  readonly region: string;
  readonly ownerId: string;
  readonly now: () => Date;
  #ids = 0;

  constructor(options: S3StateOptions = {}) {
    this.region = options.region ?? 'us-east-1';
    this.ownerId = options.ownerId ?? '123456789012';
    this.now = options.now ?? (() => new Date());
  }

  /** Creates a bucket without a request. A bucket of the same name is replaced. */
  createBucket(name: string, options: BucketOptions = {}): Bucket {
    const bucket = new Bucket(
      name,
      { ...options, region: options.region ?? this.region, ownerId: options.ownerId ?? this.ownerId },
      { now: this.now, newId: () => this.newId() },
    );
    this.buckets.set(name, bucket);
    return bucket;
  }

  /** @throws S3Error NoSuchBucket */
  bucket(name: string): Bucket {
    const bucket = this.buckets.get(name);
    if (!bucket) throw noSuchBucket(name);
    return bucket;
  }

  /** Version and upload ids look like S3's and are the same in every run. */
  newId(): string {
    this.#ids += 1;
    return createHash('sha256').update(`id ${this.#ids}`).digest('base64url').slice(0, 32);
  }
}
