import {
  GetObjectAttributesCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  type HeadObjectCommandInput,
  type HeadObjectCommandOutput,
  ListObjectsV2Command,
  RestoreObjectCommand,
} from '@aws-sdk/client-s3';
import { CredentialsExpiredError, ListingError } from '../../statemachine/errors';
import {
  type ObjectHead,
  type ObjectPage,
  type PageRequest,
  type PartHead,
  type RestorableSource,
  type RestoreRequest,
  type RestoreState,
  StoreError,
  type Tag,
} from '../engine/object-store';
import { asksKms } from './asks-kms';
import { BucketRequests } from './bucket-requests';
import { readChecksums } from './checksums';
import { readListPage, unquote } from './list-page';
import { expectPartsCount, PartMarkers } from './part-markers';
import { orExpired, withFreshCredentials } from './renew-credentials';
import { errorCode } from './s3-errors';
import { observed } from './s3-requests';
import { describeError, statusOf } from './server-words';
import { objectOf, type Side, send } from './side';
import { startAfterOf } from './start-after';
import { aboutTags } from './tags-unsupported';

export class S3Source implements RestorableSource {
  constructor(protected readonly side: Side) {}

  async listPage({ startAfter, continuation, keyPrefix = '', maxKeys }: PageRequest): Promise<ObjectPage> {
    const { client, bucket, prefix, owner, requestPayer, pageSize, observer } = this.side;
    const after = startAfter === undefined ? undefined : startAfterOf(`${prefix}${startAfter}`) || undefined;
    const command = new ListObjectsV2Command({
      Bucket: bucket,
      Prefix: `${prefix}${keyPrefix}` || undefined,
      StartAfter: after,
      ContinuationToken: continuation,
      MaxKeys: Math.min(maxKeys ?? pageSize, pageSize),
      EncodingType: 'url',
      OptionalObjectAttributes: ['RestoreStatus'],
      ExpectedBucketOwner: owner,
      RequestPayer: requestPayer,
    });
    try {
      const requests = BucketRequests.of(client, bucket);
      const { body } = await withFreshCredentials(client, () =>
        observed('list', observer, () => requests.send(command, (body) => ({ body }))),
      );
      const page = readListPage(body, bucket, `${prefix}${keyPrefix}`, { startAfter: after, continuation });
      return keyPrefix === '' ? page : withPrefix(keyPrefix, page);
    } catch (error) {
      const found = orExpired(error);
      if (found instanceof ListingError || found instanceof CredentialsExpiredError) throw found;
      throw new ListingError(`Could not list s3://${bucket}/${prefix}: ${describeError(error)}`, {
        cause: error,
        refusesToken: continuation !== undefined && isRefusal(error),
      });
    }
  }

  async headObject(key: string, { checksums } = { checksums: false }): Promise<ObjectHead> {
    const answer = await this.#head(key, checksums ? { ChecksumMode: 'ENABLED' } : {});
    if (checksums && asksKms(answer)) this.side.observer.onKmsRequest?.();
    return readHead(answer);
  }

  async headPart(key: string, part: number): Promise<PartHead> {
    const answer = await this.#head(key, { PartNumber: part });
    return { sizeBytes: answer.ContentLength ?? 0, partsCount: expectPartsCount(answer.PartsCount) };
  }

  async listPartSizes({ key, eTag }: { key: string; eTag: string }): Promise<number[] | undefined> {
    const sizes: number[] = [];
    const markers = new PartMarkers();
    let marker: string | undefined;
    do {
      const command: GetObjectAttributesCommand = new GetObjectAttributesCommand({
        ...objectOf(this.side, key),
        ObjectAttributes: ['ETag', 'ObjectParts'],
        PartNumberMarker: marker,
      });
      const { ETag = '', ObjectParts } = await send(this.side, 'head', command);
      if (unquote(ETag) !== eTag || !ObjectParts?.Parts?.length) return undefined;
      sizes.push(...ObjectParts.Parts.map(({ Size = 0 }) => Size));
      marker = markers.next(ObjectParts.IsTruncated, ObjectParts.NextPartNumberMarker);
    } while (marker !== undefined);
    return sizes;
  }

  async readTags(key: string): Promise<Tag[]> {
    const command = new GetObjectTaggingCommand(objectOf(this.side, key));
    const { TagSet = [] } = await aboutTags(() => send(this.side, 'head', command));
    return TagSet.map(({ Key = '', Value = '' }) => ({ name: Key, value: Value }));
  }

  async restoreObject({ key, tier, days }: RestoreRequest): Promise<RestoreState> {
    const command = new RestoreObjectCommand({
      ...objectOf(this.side, key),
      RestoreRequest: { Days: days, GlacierJobParameters: { Tier: tier } },
    });
    try {
      const { $metadata } = await send(this.side, 'other', command, { writes: true });
      // 202: S3 has begun; 200: it is restored already, and stays so from now on for as many days.
      return $metadata.httpStatusCode === 200 ? 'restored' : 'begun';
    } catch (error) {
      if (error instanceof StoreError && errorCode(error.cause) === 'RestoreAlreadyInProgress') return 'under way';
      throw error;
    }
  }

  #head(key: string, options: Partial<HeadObjectCommandInput>): Promise<HeadObjectCommandOutput> {
    return send(this.side, 'head', new HeadObjectCommand({ ...objectOf(this.side, key), ...options }));
  }
}

function withPrefix(keyPrefix: string, page: ObjectPage): ObjectPage {
  return { ...page, objects: page.objects.map((object) => ({ ...object, key: keyPrefix + object.key })) };
}

/** Statuses of requests that a server does not accept as they are, or has never learned. */
const REFUSALS = new Set([400, 422, 501]);

function isRefusal(error: unknown): boolean {
  return REFUSALS.has(statusOf(error) ?? 0);
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
    kmsKeyId: answer.SSEKMSKeyId,
  };
}
