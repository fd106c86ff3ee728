import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetBucketLifecycleConfigurationCommand,
  GetBucketOwnershipControlsCommand,
  GetBucketWebsiteCommand,
  GetObjectCommand,
  RestoreObjectCommand,
  type StorageClass,
} from '@aws-sdk/client-s3';
import type {
  BucketProbes,
  CopyTrial,
  HeaderTrial,
  VersionExpiry,
  WriteHeaders,
} from '../../engine/ports/bucket-probes';
import { isAws, worldOf } from '../credentials/worlds';
import { errorCode, isForbidden, toStoreError } from '../errors/s3-errors';
import { isNotImplemented } from '../errors/unknown-request';
import { AnswerTooLargeError } from '../network/dispatch';
import { encodeCopySource } from './encode-copy-source';
import { tryHeaders } from './header-probe';
import { isSeenAtSource } from './seen-at-source';
import { objectOf, type Side } from './side';
import type { WriteSettings } from './write-settings';

/** Codes of servers without website hosting. */
function hasNoWebsites(error: unknown): boolean {
  const code = errorCode(error);
  return isNotImplemented(error) || code === 'NotFound' || (/^NoSuch/.test(code) && code !== 'NoSuchBucket');
}

type BucketSide = Omit<Side, 'pageSize' | 'observer'>;

/** An upload id that does not exist. */
const NO_UPLOAD = 'bucketsync-probe';

/** An ETag that no object has. */
const NO_ETAG = `"${'0'.repeat(32)}"`;

export class S3Probes implements BucketProbes {
  /** @param streams  no server can copy between the sides, so the probe completes an upload that does not exist */
  constructor(
    private readonly sides: { readonly source: BucketSide; readonly destination: BucketSide },
    /** A policy may require these headers on every copy. */
    private readonly settings: WriteSettings = {},
    private readonly streams = false,
  ) {}

  async isWebsite(side: 'source' | 'destination'): Promise<boolean> {
    const { client, bucket, owner } = this.sides[side];
    const isOther = !isAws(worldOf(side, bucket));
    try {
      await client.send(new GetBucketWebsiteCommand({ Bucket: bucket, ExpectedBucketOwner: owner }));
      return true;
    } catch (error) {
      return errorCode(error) !== 'NoSuchWebsiteConfiguration' && !(isOther && hasNoWebsites(error));
    }
  }

  async usesAcls(): Promise<boolean | undefined> {
    const { client, bucket, owner } = this.sides.destination;
    const command = new GetBucketOwnershipControlsCommand({ Bucket: bucket, ExpectedBucketOwner: owner });
    try {
      const { OwnershipControls } = await client.send(command);
      return (OwnershipControls?.Rules ?? []).some(({ ObjectOwnership }) => ObjectOwnership !== 'BucketOwnerEnforced');
    } catch (error) {
      if (isForbidden(error)) return undefined;
      // a bucket that is older than object ownership: the writer owns its objects
      return errorCode(error) === 'OwnershipControlsNotFoundError';
    }
  }

  async versionExpiries(): Promise<readonly VersionExpiry[] | undefined> {
    const { client, bucket, owner } = this.sides.destination;
    const command = new GetBucketLifecycleConfigurationCommand({ Bucket: bucket, ExpectedBucketOwner: owner });
    try {
      const { Rules = [] } = await client.send(command);
      return Rules.flatMap(({ Status, Filter, Prefix, NoncurrentVersionExpiration: expiry }) => {
        const days = Status === 'Enabled' ? expiry?.NoncurrentDays : undefined;
        return days === undefined ? [] : [{ folder: Filter?.Prefix ?? Filter?.And?.Prefix ?? Prefix ?? '', days }];
      });
    } catch (error) {
      return errorCode(error) === 'NoSuchLifecycleConfiguration' ? [] : undefined;
    }
  }

  async readObject(key: string): Promise<void> {
    const { client } = this.sides.source;
    const object = objectOf(this.sides.source, key);
    try {
      const { Body } = await client.send(new GetObjectCommand({ ...object, Range: 'bytes=0-0' }));
      await Body?.transformToByteArray();
    } catch (error) {
      // a server without ranges has begun to send the whole object
      if (!(error instanceof AnswerTooLargeError)) throw toStoreError(error);
    }
  }

  /** Requests an ETag that no version of the source has. If a server copies anyway, the copy is deleted. */
  async copyNothing(sourceKey: string, key: string, condition?: 'absent' | 'present'): Promise<CopyTrial> {
    const { source, destination } = this.sides;
    const { client } = destination;
    const object = objectOf(destination, key);
    const conditions = {
      ...(condition === 'absent' && { IfNoneMatch: '*' }),
      ...(condition === 'present' && { IfMatch: NO_ETAG }),
    };
    const copy = new CopyObjectCommand({
      ...object,
      ...conditions,
      CopySource: encodeCopySource(source, sourceKey),
      CopySourceIfMatch: NO_ETAG,
      ...this.settings,
      TaggingDirective: 'REPLACE', // tags require another permission
      ExpectedSourceBucketOwner: source.owner,
    });
    // it would also create an object, if the upload existed
    const complete = new CompleteMultipartUploadCommand({
      ...{ ...object, ...conditions, UploadId: NO_UPLOAD },
      MultipartUpload: { Parts: [{ PartNumber: 1, ETag: NO_ETAG }] },
    });
    try {
      if (this.streams) await client.send(complete);
      else {
        const { CopyObjectResult } = await client.send(copy);
        await client.send(new DeleteObjectCommand({ ...object, IfMatch: CopyObjectResult?.ETag })).catch(() => {});
      }
      return { outcome: 'allowed' };
    } catch (error) {
      if (errorCode(error) === 'NotImplemented') return { outcome: 'unsupported', error: toStoreError(error) };
      return isForbidden(error) ? { outcome: 'denied', error: toStoreError(error) } : { outcome: 'allowed' };
    }
  }

  async acceptsWrite(key: string, { sse, acl, storageClass }: WriteHeaders): Promise<boolean> {
    const { client } = this.sides.destination;
    const object = objectOf(this.sides.destination, key);
    const command = new CreateMultipartUploadCommand({
      ...object,
      ServerSideEncryption: sse,
      ACL: acl,
      StorageClass: storageClass as StorageClass,
    });
    try {
      const { UploadId } = await client.send(command);
      await client.send(new AbortMultipartUploadCommand({ ...object, UploadId })).catch(() => {}); // takes one more permission
      return true;
    } catch {
      return false;
    }
  }

  async restoreNothing(key: string): Promise<void> {
    const RestoreRequest = { Days: 1, GlacierJobParameters: { Tier: 'Bulk' as const } };
    try {
      await this.sides.source.client.send(
        new RestoreObjectCommand({ ...objectOf(this.sides.source, key), RestoreRequest }),
      );
    } catch (error) {
      throw toStoreError(error);
    }
  }

  tryHeaders(tags: boolean): Promise<HeaderTrial> {
    return tryHeaders(this.sides.destination, { copies: !this.streams, tags: tags && !this.streams });
  }

  isSeenAtSource(): Promise<boolean | undefined> {
    return isSeenAtSource(this.sides.source, this.sides.destination);
  }

  /** The condition prevents a delete marker for a missing key. If a server creates one anyway, it is deleted. */
  async deleteNothing(key: string): Promise<void> {
    const { client } = this.sides.destination;
    const object = objectOf(this.sides.destination, key);
    try {
      const { DeleteMarker, VersionId } = await client.send(new DeleteObjectCommand({ ...object, IfMatch: NO_ETAG }));
      if (!DeleteMarker || !VersionId) return;
      await client.send(new DeleteObjectCommand({ ...object, VersionId })).catch(() => {}); // takes one more permission
    } catch (error) {
      throw toStoreError(error);
    }
  }
}
