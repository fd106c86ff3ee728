import type * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import type * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { syncInputSchema } from '../statemachine/input/sync-input';

/** A bucket, or a folder of it, that executions may use. */
export interface SyncLocation {
  /**
   * Own or imported, also of another Region. Import a bucket of another account with
   * `Bucket.fromBucketAttributes(…, { bucketName, account })`: no other account may own it.
   */
  readonly bucket: s3.IBucket;

  /**
   * Folder to which an execution is limited; `site` means `site/`.
   *
   * @default the whole bucket
   */
  readonly prefix?: string;

  /**
   * Key that the objects are encrypted with, if it is not one of AWS's own.
   *
   * @default the bucket's `encryptionKey`, which a bucket that is imported by its name does not know
   */
  readonly encryptionKey?: kms.IKey;

  /**
   * S3 endpoint of the server that has the bucket: `https://ACCOUNT.r2.cloudflarestorage.com`. It needs `secret`. Import the bucket by
   * its name. If the other side is elsewhere, what is copied goes through the functions.
   *
   * @default AWS
   */
  readonly endpointUrl?: string;

  /**
   * Region that requests to `endpointUrl` are signed for, if its server does not tell: `auto` for R2.
   *
   * @default what the server tells, or the stack's Region
   */
  readonly region?: string;

  /**
   * Where requests to `endpointUrl` name the bucket: in the `path`, or in the host (`virtual`), for servers that accept nothing else.
   *
   * @default in the path
   */
  readonly addressingStyle?: 'path' | 'virtual';

  /**
   * Secret with the credentials for this side, a JSON object: `{ "accessKeyId": "…", "secretAccessKey": "…" }`. The functions get no
   * rights of their own on the bucket. If the other side has other credentials, what is copied goes through the functions.
   *
   * @default the functions' own roles, to which an owner in another account has to allow what they do
   */
  readonly secret?: secretsmanager.ISecret;

  /**
   * Role that the functions assume for this side, in place of `secret`. It has to trust them, and to allow what they do.
   *
   * @default the functions' own roles
   */
  readonly role?: iam.IRole;
}

/** A bucket as it is, or with what has to be said about it. */
export type BucketOrLocation = s3.IBucket | SyncLocation;

/** The same with nothing left open but the key of a bucket that has none. */
export function toLocation(place: BucketOrLocation): SyncLocation & { readonly prefix: string } {
  const location = 'bucketArn' in place ? { bucket: place } : place;
  return {
    ...location,
    bucket: location.bucket,
    prefix: syncInputSchema.shape.prefix.parse(location.prefix),
    encryptionKey: location.encryptionKey ?? location.bucket.encryptionKey,
  };
}
