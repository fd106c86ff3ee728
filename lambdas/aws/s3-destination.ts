import { CopyObjectCommand, DeleteObjectCommand, DeleteObjectsCommand, type StorageClass } from '@aws-sdk/client-s3';
import {
  type CopyRequest,
  type DeleteFailure,
  type DeleteRequest,
  type ObjectDestination,
  StoreError,
} from '../engine/object-store';
import { BucketRequests } from './bucket-requests';
import { readCopyResult } from './copy-result';
import { encodeCopySource, type SourceSide } from './copy-source';
import { storeError, toStoreError } from './s3-errors';
import { observed } from './s3-requests';
import { S3Source, type Side } from './s3-source';
import { S3Uploads } from './s3-uploads';
import type { WriteSettings } from './write-settings';

/** What XML 1.0 cannot carry, even escaped, so that DeleteObjects refuses the whole batch. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the ones
const NOT_IN_XML = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/;

export class S3Destination extends S3Source implements ObjectDestination {
  readonly uploads: S3Uploads;

  constructor(
    side: Side,
    private readonly source: SourceSide,
    private readonly settings: WriteSettings,
  ) {
    super(side);
    this.uploads = new S3Uploads(side, source, settings);
  }

  async copyObject(request: CopyRequest): Promise<void> {
    const { client, bucket, prefix, owner, observer } = this.side;
    const { destination, tags } = request;
    const command = new CopyObjectCommand({
      Bucket: bucket,
      Key: `${prefix}${request.key}`,
      CopySource: encodeCopySource(this.source, request.key),
      CopySourceIfMatch: `"${request.sourceETag}"`,
      StorageClass: request.storageClass as StorageClass,
      WebsiteRedirectLocation: request.websiteRedirect,
      ...this.settings,
      AnnotationDirective: 'EXCLUDE',
      // An empty set of tags instead of the source's.
      ...(tags === 'ignore' && { TaggingDirective: 'REPLACE' as const }),
      ...(destination === 'absent' && { IfNoneMatch: '*' }),
      ...(typeof destination === 'object' && { IfMatch: `"${destination.eTag}"` }),
      ExpectedBucketOwner: owner,
      ExpectedSourceBucketOwner: this.source.owner,
    });
    try {
      const requests = BucketRequests.of(client, bucket);
      const answer = await observed('copy', observer, () => requests.send(command, readCopyResult));
      if (!answer.CopyObjectResult?.ETag) throw new StoreError('refused', 'S3 answered a copy without an ETag');
    } catch (error) {
      throw toStoreError(error);
    }
  }

  async deleteObjects(requests: readonly DeleteRequest[]): Promise<DeleteFailure[]> {
    const [odd, plain] = partition(requests, ({ key }) => isOdd(`${this.side.prefix}${key}`));
    const failures = await Promise.all([
      this.#deleteTogether(plain),
      ...odd.map((request) => this.#deleteAlone(request)),
    ]);
    return failures.flat();
  }

  async #deleteTogether(requests: readonly DeleteRequest[]): Promise<DeleteFailure[]> {
    if (requests.length === 0) return [];
    const { client, bucket, prefix, owner, observer } = this.side;
    const Objects = requests.map(({ key, eTag }) => ({ Key: `${prefix}${key}`, ETag: eTag && `"${eTag}"` }));
    const command = new DeleteObjectsCommand({
      Bucket: bucket,
      Delete: { Objects, Quiet: true },
      ExpectedBucketOwner: owner,
    });
    try {
      const { Errors = [] } = await observed('delete', observer, () => client.send(command));
      const asked = new Set(Objects.map(({ Key }) => Key));
      return Errors.map(({ Key = '', Code = 'Error', Message = '' }) => {
        // Whichever key is meant must not be taken for deleted.
        if (!asked.has(Key)) throw storeError(Code, `${Message} (for ${JSON.stringify(Key)}, which was not asked for)`);
        return { key: Key.slice(prefix.length), error: storeError(Code, Message) };
      });
    } catch (error) {
      throw toStoreError(error);
    }
  }

  async #deleteAlone({ key, eTag }: DeleteRequest): Promise<DeleteFailure[]> {
    const { client, bucket, prefix, owner, observer } = this.side;
    const command = new DeleteObjectCommand({
      Bucket: bucket,
      Key: `${prefix}${key}`,
      IfMatch: eTag && `"${eTag}"`,
      ExpectedBucketOwner: owner,
    });
    try {
      await observed('delete', observer, () => client.send(command));
      return [];
    } catch (error) {
      return [{ key, error: toStoreError(error) }];
    }
  }
}

/** A key that DeleteObjects cannot take, or that is not the same when the SDK reads it in the answer: white space alone. */
function isOdd(key: string): boolean {
  return NOT_IN_XML.test(key) || key.trim() === '';
}

function partition<T>(items: readonly T[], test: (item: T) => boolean): [T[], T[]] {
  return [items.filter(test), items.filter((item) => !test(item))];
}
