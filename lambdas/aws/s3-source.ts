import {
  GetObjectAttributesCommand,
  type GetObjectAttributesCommandOutput,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  type HeadObjectCommandInput,
  type HeadObjectCommandOutput,
  ListObjectsV2Command,
  type S3Client,
} from '@aws-sdk/client-s3';
import { ListingError } from '../../statemachine/errors';
import type {
  ObjectHead,
  ObjectPage,
  ObjectSource,
  PageRequest,
  PartHead,
  RequestObserver,
  Tag,
} from '../engine/object-store';
import { BucketRequests } from './bucket-requests';
import { readChecksums } from './checksums';
import { readListPage, unquote } from './list-page';
import { errorCode, toStoreError } from './s3-errors';
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

export class S3Source implements ObjectSource {
  constructor(protected readonly side: Side) {}

  async listPage({ startAfter, continuation, maxKeys }: PageRequest): Promise<ObjectPage> {
    const { client, bucket, prefix, owner, pageSize, observer } = this.side;
    const after = startAfter === undefined ? undefined : `${prefix}${startAfter}` || undefined;
    const command = new ListObjectsV2Command({
      Bucket: bucket,
      Prefix: prefix || undefined,
      StartAfter: after,
      ContinuationToken: continuation,
      MaxKeys: Math.min(maxKeys ?? pageSize, pageSize),
      EncodingType: 'url',
      OptionalObjectAttributes: ['RestoreStatus'],
      ExpectedBucketOwner: owner,
    });
    try {
      const requests = BucketRequests.of(client, bucket);
      const { body } = await observed('list', observer, () => requests.send(command, (body) => ({ body })));
      return readListPage(body, bucket, prefix, { startAfter: after, continuation });
    } catch (error) {
      if (error instanceof ListingError) throw error;
      const reason = error instanceof Error ? error.message : String(error);
      throw new ListingError(`Could not list s3://${bucket}/${prefix}: ${errorCode(error)}: ${reason}`, {
        cause: error,
      });
    }
  }

  async headObject(key: string, { checksums } = { checksums: false }): Promise<ObjectHead> {
    return readHead(await this.#head(key, checksums ? { ChecksumMode: 'ENABLED' } : {}));
  }

  async headPart(key: string, part: number): Promise<PartHead> {
    const answer = await this.#head(key, { PartNumber: part });
    return { sizeBytes: answer.ContentLength ?? 0, partsCount: answer.PartsCount };
  }

  async listPartSizes({ key, eTag }: { key: string; eTag: string }): Promise<number[] | undefined> {
    const sizes: number[] = [];
    let marker: string | undefined;
    do {
      const { ETag = '', ObjectParts } = await this.#partsPage(key, marker);
      if (unquote(ETag) !== eTag || !ObjectParts?.Parts?.length) return undefined;
      sizes.push(...ObjectParts.Parts.map(({ Size = 0 }) => Size));
      marker = ObjectParts.IsTruncated ? ObjectParts.NextPartNumberMarker : undefined;
    } while (marker !== undefined);
    return sizes;
  }

  async #partsPage(key: string, marker: string | undefined): Promise<GetObjectAttributesCommandOutput> {
    const { client, bucket, prefix, owner, observer } = this.side;
    const command = new GetObjectAttributesCommand({
      Bucket: bucket,
      Key: `${prefix}${key}`,
      ObjectAttributes: ['ETag', 'ObjectParts'],
      PartNumberMarker: marker,
      ExpectedBucketOwner: owner,
    });
    try {
      return await observed('head', observer, () => client.send(command));
    } catch (error) {
      throw toStoreError(error);
    }
  }

  async readTags(key: string): Promise<Tag[]> {
    const { client, bucket, prefix, owner, observer } = this.side;
    const command = new GetObjectTaggingCommand({ Bucket: bucket, Key: `${prefix}${key}`, ExpectedBucketOwner: owner });
    try {
      const { TagSet = [] } = await observed('head', observer, () => client.send(command));
      return TagSet.map(({ Key = '', Value = '' }) => ({ name: Key, value: Value }));
    } catch (error) {
      throw toStoreError(error);
    }
  }

  async #head(key: string, options: Partial<HeadObjectCommandInput>): Promise<HeadObjectCommandOutput> {
    const { client, bucket, prefix, owner, observer } = this.side;
    const command = new HeadObjectCommand({
      Bucket: bucket,
      Key: `${prefix}${key}`,
      ExpectedBucketOwner: owner,
      ...options,
    });
    try {
      const requests = BucketRequests.of(client, bucket);
      return await observed('head', observer, () => requests.send(command));
    } catch (error) {
      throw toStoreError(error);
    }
  }
}

function readHead(answer: HeadObjectCommandOutput): ObjectHead {
  return {
    sizeBytes: answer.ContentLength ?? 0,
    eTag: unquote(answer.ETag ?? ''),
    lastModified: answer.LastModified?.getTime() ?? 0,
    storageClass: answer.StorageClass ?? 'STANDARD',
    attributes: {
      contentType: answer.ContentType,
      cacheControl: answer.CacheControl,
      contentDisposition: answer.ContentDisposition,
      contentEncoding: answer.ContentEncoding,
      contentLanguage: answer.ContentLanguage,
      expires: answer.ExpiresString,
      websiteRedirect: answer.WebsiteRedirectLocation,
      metadata: answer.Metadata ?? {},
      hiddenMetadata: answer.MissingMeta,
    },
    opaqueETag: answer.SSECustomerAlgorithm !== undefined || (answer.ServerSideEncryption ?? '').startsWith('aws:kms'),
    checksums: answer.ChecksumType === 'FULL_OBJECT' ? readChecksums(answer) : {},
    tagCount: answer.TagCount ?? 0,
  };
}
