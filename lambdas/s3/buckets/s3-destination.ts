import {
  CopyObject$,
  type CopyObjectCommandInput,
  type DeletedObject,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  type StorageClass,
} from '@aws-sdk/client-s3';
import PQueue from 'p-queue';
import { CredentialsExpiredError } from '../../../statemachine/errors';
import type { Lack } from '../../../statemachine/lacks';
import type {
  BucketWriter,
  ConfirmDeletes,
  CopyRequest,
  DeleteFailure,
  DeleteRequest,
} from '../../engine/ports/bucket-writer';
import { StoreError } from '../../engine/ports/store-error';
import { sparing } from '../../engine/server/unless-lacking';
import { readCopyResult } from '../answers/copy-result';
import { unquote } from '../answers/etag';
import { expectRoot, UnexpectedAnswerError } from '../answers/expect-root';
import { storeError, toStoreError } from '../errors/s3-errors';
import { isNotImplemented, isUnknownRequest, refusalStatus } from '../errors/unknown-request';
import { expiresHeader, headersOf } from './attribute-headers';
import { isOdd } from './batch-deletes';
import { encodeCopySource, type SourceSide } from './encode-copy-source';
import { partition } from './partition';
import { type CodedFailure, type Deletes, type Ready, repeatDeletes } from './repeat-deletes';
import { S3Source } from './s3-source';
import { S3Uploads } from './s3-uploads';
import { sendTo } from './send-to';
import { objectOf, type Side } from './side';
import { tellVersion } from './tell-version';
import { conditionOn } from './write-condition';
import type { WriteSettings } from './write-settings';

/** Concurrent requests if a server does not support batches. */
const SINGLE_DELETES = 16;

/** Codes that do not say whether the server has looked at the keys of the batch. */
class RefusedBatchError extends StoreError {
  constructor({ reason, message, cause, said }: StoreError) {
    super(reason, message, cause, said);
  }
}

type Attempt = Deletes<Side>['attempt'];

export class S3Destination extends S3Source implements BucketWriter {
  readonly uploads: S3Uploads;
  /** The answers to deletes name the delete markers. If a bucket makes none, the answers need not name the keys either. */
  #makesMarkers = true;

  constructor(
    side: Side,
    private readonly source: SourceSide,
    private readonly settings: WriteSettings,
  ) {
    super(side);
    this.uploads = new S3Uploads(side, source, settings);
  }

  async copyObject(request: CopyRequest): Promise<string> {
    const { destination, tags, attributes, keepsClass } = request;
    const inputWithout = (leaveOut: ReadonlySet<Lack>): CopyObjectCommandInput => ({
      ...objectOf(this.side, request.key),
      CopySource: encodeCopySource(this.source, request.key),
      CopySourceIfMatch: leaveOut.has('copyConditions') ? undefined : `"${request.sourceETag}"`,
      StorageClass: leaveOut.has('classHeader') ? undefined : (request.storageClass as StorageClass),
      WebsiteRedirectLocation: request.websiteRedirect,
      ...this.settings,
      ...(attributes && { MetadataDirective: 'REPLACE' as const, ...headersOf(attributes) }),
      AnnotationDirective: leaveOut.has('annotations') ? undefined : 'EXCLUDE',
      // an empty set of tags instead of the source's tags
      ...(tags === 'ignore' && !leaveOut.has('tagDirective') && { TaggingDirective: 'REPLACE' as const }),
      ...conditionOn(destination),
      ExpectedSourceBucketOwner: this.source.owner,
    });
    const spare: Lack[] = [
      ...(['annotations', 'copyConditions'] as const),
      ...(tags === 'ignore' ? ['tagDirective' as const] : []),
      ...(keepsClass ? ['classHeader' as const] : []),
    ];
    const headers = expiresHeader(attributes);
    const copy = (leaveOut: ReadonlySet<Lack>) => {
      // the SDK's CopyObjectCommand would assemble middlewares for each copy, which are not used
      const command = { input: inputWithout(leaveOut), schema: CopyObject$ };
      return sendTo(this.side, 'copy', command, { headers, read: readCopyResult, writes: true });
    };
    const kind = request.sizeBytes === 0 ? 'CopyObject of an empty object' : undefined;
    const { lacks } = this.side.observer;
    const answer = await sparing(lacks, 'CopyObject', spare, isUnknownRequest, copy, kind).catch((error: unknown) => {
      throw this.#named(error, request);
    });
    tellVersion(this.side.observer, request.key, answer.VersionId);
    const { ETag } = answer.CopyObjectResult ?? {};
    return ETag ? unquote(ETag) : this.#findCopy(request);
  }

  /** The answer does not say what was made. @throws StoreError  nothing shows that the copy was made */
  async #findCopy({ key, sourceETag }: CopyRequest): Promise<string> {
    const made = this.side.observer.lacks && (await this.headObject(key));
    if (made?.eTag === sourceETag) return sourceETag;
    throw new StoreError('refused', 'S3 answered a copy without an ETag');
  }

  /** If a request is rejected because of an option, the error names the possible options. */
  #named(error: unknown, { destination, tags, storageClass }: CopyRequest): unknown {
    if (!(error instanceof StoreError) || !this.side.observer.lacks || !isNotImplemented(error)) return error;
    const options = [
      this.settings.ServerSideEncryption !== undefined && '`sse`',
      this.settings.ACL !== undefined && 'an ACL',
      destination !== undefined && '`conditional`',
      tags === 'ignore' && '`tags`',
      storageClass !== 'STANDARD' && '`storageClass`',
    ].filter(Boolean);
    const none =
      options.length === 0
        ? 'may not copy objects'
        : `may not support ${options.join(', ')}, or not copy objects at all`;
    return new StoreError(
      error.reason,
      `${error.message} (this S3 ${none} (CopyObject). If so, use --source-profile and --destination-profile with different access ` +
        'keys: then bucketsync copies through this machine)',
      error.cause,
      error.said,
    );
  }

  async deleteObjects(
    requests: readonly DeleteRequest[],
    confirm: ConfirmDeletes = (all) => all,
  ): Promise<DeleteFailure[]> {
    const [odd, plain] = partition(requests, ({ key }) => isOdd(`${this.side.prefix}${key}`));
    // if the batch fails, single deletes continue: their answers are awaited and counted
    const failures = await Promise.all([
      this.#deleteBatch(plain, confirm),
      ...odd.map((request) => this.#repeat([request], confirm, (ready, side) => this.#deleteAlone(ready, side))),
    ]);
    return failures.flat();
  }

  /** If a server rejects the batch request as such, each object is deleted alone, unless the server rejects that, too. */
  async #deleteBatch(requests: readonly DeleteRequest[], confirm: ConfirmDeletes): Promise<readonly DeleteFailure[]> {
    const { lacks } = this.side.observer;
    const together = () => this.#repeat(requests, confirm, (ready, side) => this.#deleteTogether(ready, side));
    if (!lacks || requests.length === 0) return together();
    if (lacks.has('batchDeletes')) return this.#deleteSingly(requests, confirm);
    const failures = await together();
    const [refused, rest] = partition(failures, ({ error }) => error instanceof RefusedBatchError);
    const keys = new Set(refused.map(({ key }) => key));
    const [first, ...others] = requests.filter(({ key }) => keys.has(key));
    if (!first) return failures;
    const trial = await this.#deleteSingly([first], confirm, 2);
    if (trial.some(({ error }) => isRefusal(error))) return failures;
    lacks.add('batchDeletes', refused[0]?.error);
    return [...rest, ...trial, ...(await this.#deleteSingly(others, confirm, 2))];
  }

  /** @param attempts  the first attempt is made now */
  async #deleteSingly(
    requests: readonly DeleteRequest[],
    confirm: ConfirmDeletes,
    attempts = 1,
  ): Promise<readonly DeleteFailure[]> {
    const queue = new PQueue({ concurrency: SINGLE_DELETES });
    let expired: DeleteFailure['error'] | undefined;
    const deleteOne = async (request: DeleteRequest): Promise<readonly DeleteFailure[]> => {
      if (expired) return [{ key: request.key, error: expired }];
      const attempt: Attempt = (ready, side) => this.#deleteAlone(ready, side);
      const failures = await this.#repeat([request], confirm, attempt, attempts);
      expired ??= failures.find(({ error }) => error instanceof CredentialsExpiredError)?.error;
      return failures;
    };
    const failures = await queue.addAll(requests.map((request) => () => deleteOne(request)));
    return failures.flat();
  }

  async #repeat(
    requests: readonly DeleteRequest[],
    confirm: ConfirmDeletes,
    attempt: Attempt,
    attempts = 1,
  ): Promise<readonly DeleteFailure[]> {
    return repeatDeletes({ side: this.side, confirm, attempt }, requests, attempts);
  }

  async #deleteTogether(ready: Ready, side: Side): Promise<CodedFailure[]> {
    const { bucket, prefix, owner, requestPayer } = side;
    const { lacks } = side.observer;
    const read = expectRoot('Delete');
    const asked = new Set<string>();
    const deleteWithout = async (leaveOut: ReadonlySet<Lack>) => {
      const Objects = (await ready()).map(({ key, eTag }) => ({ Key: `${prefix}${key}`, ETag: eTag && `"${eTag}"` }));
      if (Objects.length === 0) return undefined;
      for (const { Key } of Objects) asked.add(Key);
      const command = new DeleteObjectsCommand({
        Bucket: bucket,
        Delete: { Objects, Quiet: !this.#makesMarkers },
        ExpectedBucketOwner: owner,
        RequestPayer: requestPayer,
      });
      const body = lacks && (leaveOut.has('bodyChecksums') ? 'md5' : 'both');
      return sendTo<DeleteObjectsCommand>(side, 'delete', command, { read, writes: true, ...(body && { body }) });
    };
    const answer = await sparing(lacks, 'DeleteObjects', ['bodyChecksums'], isRefusedBatch, deleteWithout).catch(
      (error: unknown) => {
        throw lacks && mayBeUnheard(error) ? new RefusedBatchError(toStoreError(error)) : error;
      },
    );
    const { Deleted = [], Errors = [], $metadata } = answer ?? {};
    this.#noteMarkers(Deleted, prefix);
    return Errors.map(({ Key = '', Code = 'Error', Message = '' }) => {
      // the key that is really meant must not count as deleted
      if (!asked.has(Key))
        throw storeError(Code, `${Message} (for ${JSON.stringify(Key)}, which was not in the request)`);
      return { key: Key.slice(prefix.length), error: storeError(Code, Message, $metadata?.requestId), code: Code };
    });
  }

  async #deleteAlone(ready: Ready, side: Side): Promise<CodedFailure[]> {
    for (const { key, eTag } of await ready()) {
      const command = new DeleteObjectCommand({ ...objectOf(side, key), IfMatch: eTag && `"${eTag}"` });
      const { DeleteMarker, VersionId } = await sendTo(side, 'delete', command, { writes: true });
      if (DeleteMarker) tellVersion(side.observer, key, VersionId);
    }
    return [];
  }

  #noteMarkers(deleted: readonly DeletedObject[], prefix: string): void {
    if (deleted.length > 0) this.#makesMarkers = deleted.some(({ DeleteMarker }) => DeleteMarker);
    for (const { Key = '', DeleteMarkerVersionId } of deleted)
      tellVersion(this.side.observer, Key.slice(prefix.length), DeleteMarkerVersionId);
  }
}

function mayBeUnheard(error: unknown): boolean {
  return isRefusedBatch(error) || error instanceof UnexpectedAnswerError;
}

/** Ceph answers a batch with 403 if a policy allows only object actions. */
function isRefusedBatch(error: unknown): boolean {
  return isUnknownRequest(error) || [403, 404, 411, 413].includes(refusalStatus(error));
}

function isRefusal(error: DeleteFailure['error']): boolean {
  return isRefusedBatch(error) && !(error instanceof StoreError && error.reason === 'gone');
}
