import type { S3Client } from '@aws-sdk/client-s3';
import type { GetOutputType } from '@smithy/types';
import type { RequestCounters } from '../../statemachine/contract';
import type { RequestObserver } from '../engine/object-store';
import { BucketRequests } from './bucket-requests';
import type { Headers, SdkCommand } from './route';
import { toStoreError } from './s3-errors';
import { observed } from './s3-requests';

/** One side of a run: a folder of a bucket, reached through the client of the bucket's region. */
export interface Side {
  readonly client: S3Client;
  readonly bucket: string;
  /** Empty, or ends in `/`. */
  readonly prefix: string;
  readonly owner: string | undefined;
  /** Keys on a page at most. */
  readonly pageSize: number;
  readonly observer: RequestObserver;
}

/** What names an object in a request. @param key  relative */
export function objectOf({ bucket, prefix, owner }: Side, key: string) {
  return { Bucket: bucket, Key: `${prefix}${key}`, ExpectedBucketOwner: owner };
}

/** Sends a command to a side's bucket and counts it. @throws StoreError */
export async function send<Command extends SdkCommand, Output = GetOutputType<Command>>(
  { client, bucket, observer }: Side,
  kind: keyof RequestCounters,
  command: Command,
  { read, headers }: { readonly read?: (body: Uint8Array) => Output | undefined; readonly headers?: Headers } = {},
): Promise<Output> {
  try {
    return await observed(kind, observer, () => BucketRequests.of(client, bucket).send(command, read, headers));
  } catch (error) {
    throw toStoreError(error);
  }
}
