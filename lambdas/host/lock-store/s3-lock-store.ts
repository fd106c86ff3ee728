import {
  DeleteObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  type PutObjectCommandInput,
  type ServerSideEncryption,
} from '@aws-sdk/client-s3';
import { AccessDeniedError, LockUnsupportedError } from '../../../statemachine/errors';
import { partitionOf } from '../../../statemachine/partition';
import { LOCK_KEY, RESERVED_FOLDER } from '../../../statemachine/reserved-folder';
import { formatS3Url } from '../../../wording/s3-url';
import { type LockPlace, type LockStore, NO_HOLDERS, type StoredLock } from '../../engine/ports/lock-store';
import { s3Client } from '../../s3/client/s3-client';
import { readWhole, requireKept } from '../../s3/client/whole-file';
import { endpointOf, isAws, worldOf } from '../../s3/credentials/worlds';
import { retryConflicts } from '../../s3/errors/conflicts';
import { isAbsent } from '../../s3/errors/s3-errors';
import { isTaken, isUnmet, unlessUnmet } from '../../s3/errors/unless-unmet';
import { UntrustedConditions } from '../../s3/errors/untrusted-conditions';
import { AnswerTooLargeError } from '../../s3/network/dispatch';
import { askAbout, heedsNone } from './lock-refusals';

/** Enough for hundreds of runs. An answer that is larger or slower than this is not a lock. */
const LIMITS = { maxBytes: 1024 ** 2, answerTimeout: 20_000 };

type Condition = Pick<PutObjectCommandInput, 'IfMatch' | 'IfNoneMatch'>;

/** The lock of a destination, in the destination itself. */
export class S3LockStore implements LockStore {
  /** @param signal  ends pending requests and prevents further ones */
  constructor(
    private readonly lock: LockPlace,
    private readonly signal?: AbortSignal,
  ) {}

  get place(): string {
    return formatS3Url(this.lock.destination, LOCK_KEY);
  }

  async read(): Promise<StoredLock | undefined> {
    try {
      const read = (limits: object) => readWhole(this.#client, this.#object(LOCK_KEY), limits);
      const { body, ...version } = await this.#ask('s3:GetObject', read);
      return { ...version, body: body.toString('utf8') };
    } catch (error) {
      if (isAbsent(error)) return undefined;
      if ((error as Error).cause instanceof AnswerTooLargeError) return this.#unreadable();
      throw error;
    }
  }

  /** The object can be removed by force, because its version is known. */
  async #unreadable(): Promise<StoredLock> {
    const command = new HeadObjectCommand(this.#object(LOCK_KEY));
    const { ETag = '' } = await this.#ask('s3:GetObject', (limits) => this.#client.send(command, limits));
    return { body: '', version: ETag };
  }

  write(body: string, over: string | undefined): Promise<boolean> {
    return over === undefined ? this.#put(LOCK_KEY, body, { IfNoneMatch: '*' }) : this.#putOver(body, over);
  }

  async #putOver(body: string, version: string): Promise<boolean> {
    if (isAws(this.#world)) return this.#put(LOCK_KEY, body, { IfMatch: version });
    return this.#untrusted.putOver(LOCK_KEY, body, version);
  }

  /**
   * If a server ignores the condition of a delete, the delete could remove another run's new entry. A mirror that deletes nothing
   * may have no permission to delete. In both cases the object stays, without holders.
   */
  async remove(version: string): Promise<boolean> {
    try {
      if (isAws(this.#world) || (await this.#untrusted.heedsDeletes()))
        return await this.#delete(LOCK_KEY, { IfMatch: version });
    } catch (error) {
      if (!(error instanceof AccessDeniedError || error instanceof LockUnsupportedError)) throw error;
    }
    return this.write(NO_HOLDERS, version);
  }

  async discard(): Promise<void> {
    await this.#delete(LOCK_KEY, {});
  }

  /** AWS supports both conditions. Other servers may ignore one, so each is tested with a write that must fail. */
  async requireConditions(body: string): Promise<void> {
    if (isAws(this.#world) || (await this.#untrusted.heedsWrites(LOCK_KEY, body))) return;
    throw heedsNone(this.lock.destination);
  }

  #put(key: string, body: string, condition: Condition): Promise<boolean> {
    const { sse, sseKmsKeyId, acls } = this.lock;
    const command = new PutObjectCommand({
      ...this.#object(key),
      ...condition,
      Body: body,
      ContentType: 'application/json',
      ...(sse && { ServerSideEncryption: sse as ServerSideEncryption }),
      ...(sseKmsKeyId && { SSEKMSKeyId: sseKmsKeyId }),
      ...(acls && { ACL: 'bucket-owner-full-control' as const }),
    });
    const isConditionUnmet = condition.IfNoneMatch === undefined ? isUnmet : isTaken;
    const put = async (limits: object) => requireKept(await this.#client.send(command, limits), key);
    return unlessUnmet(this.#ask('s3:PutObject', put, isConditionUnmet));
  }

  #delete(key: string, condition: Pick<Condition, 'IfMatch'>): Promise<boolean> {
    const command = new DeleteObjectCommand({ ...this.#object(key), ...condition });
    return unlessUnmet(this.#ask('s3:DeleteObject', (limits) => this.#client.send(command, limits)));
  }

  #ask<Output>(action: string, send: (limits: object) => Promise<Output>, isConditionUnmet = isUnmet): Promise<Output> {
    const { place } = this;
    const arn = `arn:${partitionOf(this.lock.region)}:s3:::${this.lock.destination}/${RESERVED_FOLDER}*`;
    const endpoint = endpointOf(this.#world);
    const ask = () => retryConflicts(() => send({ ...LIMITS, signal: this.signal }));
    return askAbout({ place, arn, endpoint }, action, ask, isConditionUnmet);
  }

  #object(key: string) {
    const { destination, owner, requestPayer } = this.lock;
    return { Bucket: destination, Key: key, ExpectedBucketOwner: owner, RequestPayer: requestPayer };
  }

  get #untrusted(): UntrustedConditions {
    const writes = {
      put: (key: string, body: string, condition: Condition) => this.#put(key, body, condition),
      delete: (key: string, condition: Condition) => this.#delete(key, condition),
    };
    return new UntrustedConditions(writes, RESERVED_FOLDER);
  }

  get #world() {
    return worldOf('destination', this.lock.destination);
  }

  get #client() {
    return s3Client(this.lock.region, this.#world);
  }
}
