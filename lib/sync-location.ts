import type * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import type * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { syncInputSchema } from '../statemachine/input/sync-input';

/** A bucket, or a folder of it, that executions may use. */
export interface SyncLocation {
  /**
   * Own or imported, also in another Region. Import a bucket of another account with
   * `Bucket.fromBucketAttributes(…, { bucketName, account })`. The run fails if another account owns it.
   */
  readonly bucket: s3.IBucket;

  /**
   * Folder to which executions are limited. `site` means `site/`.
   *
   * @default the whole bucket
   */
  readonly prefix?: string;

  /**
   * Key that encrypts the objects, if AWS does not manage the key.
   *
   * @default the bucket's `encryptionKey`. A bucket that you import by its name has none
   */
  readonly encryptionKey?: kms.IKey;

  /**
   * S3 endpoint of the server that has the bucket: `https://ACCOUNT.r2.cloudflarestorage.com`. It requires `secret`. Import the
   * bucket by its name. If the other side is on another server, copies go through the functions.
   *
   * @default AWS
   */
  readonly endpointUrl?: string;

  /**
   * Region for which requests to `endpointUrl` are signed, if the server does not tell its Region: `auto` for R2.
   *
   * @default the Region that the server tells, or the stack's Region
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
   * permissions of their own on the bucket. If the other side has other credentials, copies go through the functions.
   *
   * @default the functions' own roles. An owner in another account must allow what they do
   */
  readonly secret?: secretsmanager.ISecret;

  /**
   * Role that the functions assume for this side, instead of `secret`. It must trust them, and allow what they do.
   *
   * @default the functions' own roles
   */
  readonly role?: iam.IRole;
}

/** The same with all settings. Only the key is absent if the bucket has none. */
export function toLocation(location: SyncLocation): SyncLocation & { readonly prefix: string } {
  return {
    ...location,
    bucket: location.bucket,
    prefix: syncInputSchema.shape.prefix.parse(location.prefix),
    encryptionKey: location.encryptionKey ?? location.bucket.encryptionKey,
  };
}
