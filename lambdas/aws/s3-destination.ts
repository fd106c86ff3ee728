import { setTimeout } from 'node:timers/promises';
import { CopyObjectCommand, DeleteObjectCommand, DeleteObjectsCommand, type StorageClass } from '@aws-sdk/client-s3';
import { CredentialsExpiredError } from '../../statemachine/errors';
import {
  type ConfirmDeletes,
  type CopyRequest,
  type DeleteFailure,
  type DeleteRequest,
  type ObjectDestination,
  StoreError,
} from '../engine/object-store';
import { CONFLICTS, isConflict } from './conflicts';
import { readCopyResult } from './copy-result';
import { encodeCopySource, type SourceSide } from './copy-source';
import { expectRoot } from './expect-root';
import { unquote } from './list-page';
import { waitAfter } from './retry-each-request';
import { storeError, toStoreError } from './s3-errors';
import { S3Source } from './s3-source';
import { S3Uploads } from './s3-uploads';
import { objectOf, type Side, send } from './side';
import type { WriteSettings } from './write-settings';

/** What XML 1.0 cannot carry, even escaped, so that DeleteObjects refuses the whole batch. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the ones
const NOT_IN_XML = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/;

/** Codes of a key that S3 did not delete, but may if it is asked again. */
const PASSING_FAULTS: ReadonlySet<string> = new Set(['InternalError', 'SlowDown', 'ServiceUnavailable', ...CONFLICTS]);

type CodedFailure = DeleteFailure & { readonly code: string };

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

  async copyObject(request: CopyRequest): Promise<string> {
    const { destination, tags } = request;
    const command = new CopyObjectCommand({
      ...objectOf(this.side, request.key),
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
      ExpectedSourceBucketOwner: this.source.owner,
    });
    const answer = await send(this.side, 'copy', command, { read: readCopyResult, writes: true });
    const { ETag } = answer.CopyObjectResult ?? {};
    if (!ETag) throw new StoreError('refused', 'S3 answered a copy without an ETag');
    return unquote(ETag);
  }

  async deleteObjects(
    requests: readonly DeleteRequest[],
    confirm: ConfirmDeletes = (all) => all,
  ): Promise<DeleteFailure[]> {
    const [odd, plain] = partition(requests, ({ key }) => isOdd(`${this.side.prefix}${key}`));
    // Where the others fail, those that are deleted alone go on: their answers are waited for, and counted as they are.
    const failures = await Promise.all([
      this.#repeat(plain, confirm, (some, side) => this.#deleteTogether(some, side)),
      ...odd.map((request) => this.#repeat([request], confirm, (some, side) => this.#deleteAlone(some, side))),
    ]);
    return failures.flat();
  }

  /**
   * Makes the attempts of a delete, which are not left to the SDK: whatever waits may be put back meanwhile, so each is
   * confirmed. Of single keys S3 says under the status 200 that it failed at them and may be asked again, which the SDK
   * takes for done. Only those are asked for again.
   */
  async #repeat(
    requests: readonly DeleteRequest[],
    confirm: ConfirmDeletes,
    attempt: (some: readonly DeleteRequest[], side: Side) => Promise<CodedFailure[]>,
    attempts = 1,
  ): Promise<DeleteFailure[]> {
    if (requests.length === 0) return [];
    try {
      // To wait for the lock must not come between the confirmation and the request.
      await this.side.observer.gate?.pass();
      const confirmed = await confirm(requests, attempts);
      if (confirmed.length === 0) return [];
      const errors = await this.#attempt(confirmed, attempt);
      const [passing, lasting] = partition(errors, ({ passes }) => passes);
      const busy = passing.some(({ error }) => error.reason === 'slow-down');
      const waitMs = waitAfter(attempts, busy);
      if (passing.length === 0 || waitMs === undefined) return errors;
      await setTimeout(waitMs);
      const failed = new Set(passing.map(({ key }) => key));
      const again = confirmed.filter(({ key }) => failed.has(key));
      return [...lasting, ...(await this.#repeat(again, confirm, attempt, attempts + 1))];
    } catch (error) {
      if (error instanceof CredentialsExpiredError) throw error;
      return requests.map(({ key }) => ({ key, error: toStoreError(error) }));
    }
  }

  async #attempt(
    requests: readonly DeleteRequest[],
    attempt: (some: readonly DeleteRequest[], side: Side) => Promise<CodedFailure[]>,
  ): Promise<(DeleteFailure & { readonly passes: boolean })[]> {
    let passes = false;
    const leaveToSender = () => {
      passes = true;
    };
    try {
      const failures = await attempt(requests, { ...this.side, observer: { ...this.side.observer, leaveToSender } });
      const coded = failures.map((failure) => ({ ...failure, passes: PASSING_FAULTS.has(failure.code) }));
      if (coded.some((failure) => failure.passes)) this.side.observer.onSlowDown();
      return coded;
    } catch (error) {
      if (error instanceof CredentialsExpiredError) throw error;
      const again = passes || isConflict(error instanceof StoreError ? error.cause : error);
      return requests.map(({ key }) => ({ key, error: toStoreError(error), passes: again }));
    }
  }

  async #deleteTogether(requests: readonly DeleteRequest[], side: Side): Promise<CodedFailure[]> {
    const { bucket, prefix, owner, requestPayer } = side;
    const Objects = requests.map(({ key, eTag }) => ({ Key: `${prefix}${key}`, ETag: eTag && `"${eTag}"` }));
    const command = new DeleteObjectsCommand({
      Bucket: bucket,
      Delete: { Objects, Quiet: true },
      ExpectedBucketOwner: owner,
      RequestPayer: requestPayer,
    });
    const { Errors = [], $metadata } = await send<DeleteObjectsCommand>(side, 'delete', command, {
      read: expectRoot('Delete'),
      writes: true,
    });
    const asked = new Set(Objects.map(({ Key }) => Key));
    return Errors.map(({ Key = '', Code = 'Error', Message = '' }) => {
      // Whichever key is meant must not be taken for deleted.
      if (!asked.has(Key)) throw storeError(Code, `${Message} (for ${JSON.stringify(Key)}, which was not asked for)`);
      return { key: Key.slice(prefix.length), error: storeError(Code, Message, $metadata.requestId), code: Code };
    });
  }

  async #deleteAlone(requests: readonly DeleteRequest[], side: Side): Promise<CodedFailure[]> {
    for (const { key, eTag } of requests) {
      const command = new DeleteObjectCommand({ ...objectOf(side, key), IfMatch: eTag && `"${eTag}"` });
      await send(side, 'delete', command, { writes: true });
    }
    return [];
  }
}

/** A key that DeleteObjects cannot take, or that is not the same when the SDK reads it in the answer: white space alone. */
function isOdd(key: string): boolean {
  return NOT_IN_XML.test(key) || key.trim() === '';
}

function partition<T>(items: readonly T[], test: (item: T) => boolean): [T[], T[]] {
  return [items.filter(test), items.filter((item) => !test(item))];
}
