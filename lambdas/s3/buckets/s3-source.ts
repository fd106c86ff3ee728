import {
  GetObjectAttributesCommand,
  HeadObjectCommand,
  type HeadObjectCommandInput,
  type HeadObjectCommandOutput,
  ListObjectsV2Command,
  RestoreObjectCommand,
} from '@aws-sdk/client-s3';
import { CredentialsExpiredError, ListingError } from '../../../statemachine/errors';
import { formatS3Url } from '../../../wording/s3-url';
import type {
  ObjectHead,
  ObjectPage,
  PageRequest,
  PartHead,
  RestorableSource,
  RestoreRequest,
  RestoreState,
  Tag,
} from '../../engine/ports/bucket-reader';
import { StoreError, UnsupportedError } from '../../engine/ports/store-error';
import { sparing, unlessLacking } from '../../engine/server/unless-lacking';
import { unquote } from '../answers/etag';
import type { PlainKeys } from '../answers/list-entry';
import { readListPage } from '../answers/read-list-page';
import { BucketRequests } from '../client/bucket-requests';
import { observed } from '../client/s3-requests';
import { orExpired, withFreshCredentials } from '../credentials/renew-credentials';
import { errorCode } from '../errors/s3-errors';
import { aboutTags } from '../errors/tags-unsupported';
import { isNotImplemented, isUnknownRequest, refusalStatus } from '../errors/unknown-request';
import { asksKms } from './asks-kms';
import { readChecksums } from './checksums';
import { listingError } from './listing-error';
import { expectPartsCount, PartMarkers } from './part-markers';
import { readHead } from './read-head';
import { sendTo } from './send-to';
import { objectOf, type Side } from './side';
import { startAfterOf } from './start-after';
import { countTags, isUnknownTagging, readTagSet } from './tag-set';

export class S3Source implements RestorableSource {
  constructor(protected readonly side: Side) {}

  async listPage({ startAfter, continuation, keyPrefix = '', maxKeys }: PageRequest): Promise<ObjectPage> {
    const { bucket, prefix, observer } = this.side;
    const after = startAfter === undefined ? undefined : startAfterOf(`${prefix}${startAfter}`) || undefined;
    try {
      const body = await this.#askForPage({ startAfter: after, continuation, keyPrefix, maxKeys });
      const asked = { startAfter: after, continuation, mayBePlain: observer.lacks !== undefined };
      const page = readListPage(body, bucket, `${prefix}${keyPrefix}`, asked);
      if (page.plain) await this.#expectPlain(page.plain, keyPrefix);
      return keyPrefix === '' ? page : withPrefix(keyPrefix, page);
    } catch (error) {
      const found = orExpired(error, this.side.name);
      if (found instanceof ListingError || found instanceof CredentialsExpiredError) throw found;
      throw listingError({
        place: formatS3Url(bucket, prefix),
        error,
        continuation,
        isExhausted: observer.patience?.isExhausted,
      });
    }
  }

  /** @param startAfter  with the prefix */
  #askForPage({ startAfter, continuation, keyPrefix = '', maxKeys }: PageRequest): Promise<Uint8Array> {
    const { client, bucket, prefix, owner, requestPayer, pageSize, observer } = this.side;
    const requests = BucketRequests.of(client, bucket);
    return sparing(observer.lacks, 'ListObjectsV2', ['archiveStatus'], isUnknownRequest, async (leaveOut) => {
      const command = new ListObjectsV2Command({
        Bucket: bucket,
        Prefix: `${prefix}${keyPrefix}` || undefined,
        StartAfter: startAfter,
        ContinuationToken: continuation,
        MaxKeys: Math.min(maxKeys ?? pageSize, pageSize),
        EncodingType: 'url',
        OptionalObjectAttributes: leaveOut.has('archiveStatus') ? undefined : ['RestoreStatus'],
        ExpectedBucketOwner: owner,
        RequestPayer: requestPayer,
      });
      const { body } = await withFreshCredentials(client, () =>
        observed('list', observer, () => requests.send(command, (body) => ({ body }))),
      );
      return body;
    });
  }

  async headObject(key: string, { checksums } = { checksums: false }): Promise<ObjectHead> {
    const { lacks } = this.side.observer;
    if (!checksums) return readHead(await this.#head(key));
    const answer = await sparing(lacks, 'HeadObject', ['checksums'], isUnknownRequest, (leaveOut) =>
      this.#head(key, leaveOut.has('checksums') ? {} : { ChecksumMode: 'ENABLED' }),
    );
    if (asksKms(answer)) this.side.observer.onKmsRequest?.();
    return readHead(answer);
  }

  async headPart(key: string, part: number, { checksums } = { checksums: false }): Promise<PartHead> {
    const { lacks } = this.side.observer;
    const ask = async () => {
      const answer = await this.#head(key, {
        PartNumber: part,
        ...(checksums && !lacks?.has('checksums') && { ChecksumMode: 'ENABLED' as const }),
      });
      if (lacks && answer.ContentLength === undefined) {
        lacks.add('parts');
        return { sizeBytes: 0 };
      }
      const known = { sizeBytes: answer.ContentLength ?? 0, partsCount: expectPartsCount(answer.PartsCount) };
      return checksums ? { ...known, checksums: readChecksums(answer) } : known;
    };
    // if the object cannot be requested at all, this says nothing about parts
    const confirm = () => this.#head(key);
    return (await unlessLacking(lacks, 'parts', isUnknownPart, ask, confirm)) ?? { sizeBytes: 0 };
  }

  async listPartSizes(version: { key: string; eTag: string }): Promise<number[] | undefined> {
    const ask = () => this.#listPartSizes(version);
    return unlessLacking(this.side.observer.lacks, 'attributes', isUnknownRequest, ask);
  }

  async #listPartSizes({ key, eTag }: { key: string; eTag: string }): Promise<number[] | undefined> {
    const sizes: number[] = [];
    const markers = new PartMarkers();
    let marker: string | undefined;
    do {
      const command: GetObjectAttributesCommand = new GetObjectAttributesCommand({
        ...objectOf(this.side, key),
        ObjectAttributes: ['ETag', 'ObjectParts'],
        PartNumberMarker: marker,
      });
      const { ETag = '', ObjectParts } = await sendTo(this.side, 'head', command);
      if (unquote(ETag) !== eTag || !ObjectParts?.Parts?.length) return undefined;
      sizes.push(...ObjectParts.Parts.map(({ Size = 0 }) => Size));
      marker = markers.next(ObjectParts.IsTruncated, ObjectParts.NextPartNumberMarker);
    } while (marker !== undefined);
    return sizes;
  }

  /** If a server does not support tags, objects have none. If it only does not show them, objects may have some. */
  async readTags(key: string): Promise<Tag[]> {
    const { lacks } = this.side.observer;
    if (!lacks) return aboutTags(() => readTagSet(this.side, key));
    const confirm = () => this.#head(key);
    const read = () => unlessLacking(lacks, 'tagReads', isUnknownTagging, () => readTagSet(this.side, key), confirm);
    const tags = await unlessLacking(lacks, 'tagging', isNotImplemented, read, confirm);
    if (tags) return tags;
    if (lacks.has('tagging')) return [];
    throw new UnsupportedError('This S3 does not show the tags of objects (GetObjectTagging): set `tags` to "ignore"');
  }

  countTags(key: string): Promise<number> {
    return countTags(this.side, key);
  }

  async restoreObject({ key, tier, days }: RestoreRequest): Promise<RestoreState> {
    const command = new RestoreObjectCommand({
      ...objectOf(this.side, key),
      RestoreRequest: { Days: days, GlacierJobParameters: { Tier: tier } },
    });
    try {
      const { $metadata } = await sendTo(this.side, 'other', command, { writes: true });
      // 202: S3 has begun. 200: it is already restored, and stays restored for this many days from now
      return $metadata.httpStatusCode === 200 ? 'restored' : 'begun';
    } catch (error) {
      if (error instanceof StoreError && errorCode(error.cause) === 'RestoreAlreadyInProgress') return 'under way';
      throw error;
    }
  }

  /** The keys of a page are text, although URL encoding was requested. If both readings are possible, a key must exist as written. */
  async #expectPlain({ isSure, doubtful: key }: PlainKeys, keyPrefix: string): Promise<void> {
    const { lacks } = this.side.observer;
    if (lacks?.has('listEncoding') || (!isSure && key === undefined)) return;
    try {
      if (!isSure) await this.#head(`${keyPrefix}${key}`);
      lacks?.add('listEncoding');
    } catch (error) {
      const { bucket } = this.side;
      throw new ListingError(
        `Expected the EncodingType url in the listing of ${formatS3Url(bucket)}, got none, and there is no object with the listed key ` +
          `${JSON.stringify(key)}. So bucketsync cannot tell whether the keys are URL-encoded`,
        { cause: error },
      );
    }
  }

  #head(key: string, options: Partial<HeadObjectCommandInput> = {}): Promise<HeadObjectCommandOutput> {
    return sendTo(this.side, 'head', new HeadObjectCommand({ ...objectOf(this.side, key), ...options }));
  }
}

function withPrefix(keyPrefix: string, page: ObjectPage): ObjectPage {
  return { ...page, objects: page.objects.map((object) => ({ ...object, key: keyPrefix + object.key })) };
}

/** A listed object always has a first part. */
function isUnknownPart(error: unknown): boolean {
  return isUnknownRequest(error) || refusalStatus(error) === 416;
}
