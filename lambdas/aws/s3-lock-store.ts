import { randomUUID } from 'node:crypto';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  PutObjectCommand,
  type PutObjectCommandInput,
  type ServerSideEncryption,
} from '@aws-sdk/client-s3';
import { AccessDeniedError, LockUnsupportedError } from '../../statemachine/errors';
import { RESERVED_FOLDER } from '../../statemachine/reserved-folder';
import { DENIED_ACTION } from '../engine/describe-denials';
import { type LockPlace, type LockStore, NO_HOLDERS, type StoredLock } from '../engine/lock-store';
import { isAws, s3Client } from './s3-client';
import { errorCode } from './s3-errors';
import { serverTimeOf } from './server-time';

export const LOCK_KEY = `${RESERVED_FOLDER}lock.json`;

/** No object has it. */
const NO_ETAG = `"${'0'.repeat(32)}"`;

/** Of a write or delete whose condition does not hold. ConditionalRequestConflict: somebody else writes at this moment. */
const REFUSALS = ['PreconditionFailed', 'ConditionalRequestConflict', 'NoSuchKey'];

type Condition = Pick<PutObjectCommandInput, 'IfMatch' | 'IfNoneMatch'>;

/** The lock of a destination, in the destination itself. */
export class S3LockStore implements LockStore {
  constructor(private readonly lock: LockPlace) {}

  get place(): string {
    return `s3://${this.lock.destination}/${LOCK_KEY}`;
  }

  async read(): Promise<StoredLock | undefined> {
    const command = new GetObjectCommand(this.#object(LOCK_KEY));
    const now = serverTimeOf(command);
    try {
      const { Body, ETag = '', LastModified } = await this.#ask('s3:GetObject', () => this.#client.send(command));
      const body = (await Body?.transformToString()) ?? '';
      return { body, version: ETag, writtenAt: LastModified?.getTime(), now: now() };
    } catch (error) {
      if (errorCode(error) === 'NoSuchKey') return undefined;
      throw error;
    }
  }

  async write(body: string, over: string | undefined): Promise<boolean> {
    const condition = over === undefined ? { IfNoneMatch: '*' } : { IfMatch: over };
    try {
      return await this.#put(LOCK_KEY, body, condition);
    } catch (error) {
      throw isUnsupported(error) ? this.#unsupported(error) : error;
    }
  }

  /**
   * A delete that heeds no condition could remove what another run has just written, and a mirror that deletes nothing needs no
   * right to delete. In both cases the object stays, without holders.
   */
  async remove(version: string): Promise<boolean> {
    try {
      if (await this.#deletesConditionally()) return await this.#delete(LOCK_KEY, version);
    } catch (error) {
      if (!(error instanceof AccessDeniedError)) throw error;
    }
    return this.write(NO_HOLDERS, version);
  }

  /** AWS heeds them. Of others some ignore one of the two, so both are tried in a way that must be refused. */
  async requireConditions(body: string): Promise<void> {
    if (isAws()) return;
    const tries = [{ IfNoneMatch: '*' }, { IfMatch: NO_ETAG }].map((condition) => this.#put(LOCK_KEY, body, condition));
    const written = await Promise.all(tries.map((attempt) => attempt.catch((error: unknown) => this.#judge(error))));
    if (written.includes(true)) throw this.#unsupported();
  }

  #judge(error: unknown): never {
    throw isUnsupported(error) ? this.#unsupported(error) : error;
  }

  /** Tried on an object that nobody else knows. */
  async #deletesConditionally(): Promise<boolean> {
    if (isAws()) return true;
    const key = `${RESERVED_FOLDER}probe-${randomUUID()}`;
    // Without the right to delete, this fails before there is an object that nobody could remove.
    await this.#delete(key, NO_ETAG).catch(unlessUnsupported);
    await this.#put(key, 'Nobody needs this object.\n', {});
    try {
      return !(await this.#delete(key, NO_ETAG));
    } catch (error) {
      if (isUnsupported(error)) return false;
      throw error;
    } finally {
      await this.#client.send(new DeleteObjectCommand(this.#object(key)));
    }
  }

  #put(key: string, body: string, condition: Condition): Promise<boolean> {
    const { sse, sseKmsKeyId } = this.lock;
    const command = new PutObjectCommand({
      ...this.#object(key),
      ...condition,
      Body: body,
      ContentType: 'application/json',
      ...(sse && { ServerSideEncryption: sse as ServerSideEncryption }),
      ...(sseKmsKeyId && { SSEKMSKeyId: sseKmsKeyId }),
    });
    return unlessRefused(this.#ask('s3:PutObject', () => this.#client.send(command)));
  }

  #delete(key: string, version: string): Promise<boolean> {
    const command = new DeleteObjectCommand({ ...this.#object(key), IfMatch: version });
    return unlessRefused(this.#ask('s3:DeleteObject', () => this.#client.send(command)));
  }

  async #ask<Output>(action: string, send: () => Promise<Output>): Promise<Output> {
    try {
      return await send();
    } catch (error) {
      if (errorCode(error) !== 'AccessDenied') throw error;
      const { message } = error as Error;
      // the right that is missing may be one to use a key
      const [, named = action, resource = `arn:aws:s3:::${this.lock.destination}/${RESERVED_FOLDER}*`] =
        DENIED_ACTION.exec(message) ?? [];
      throw new AccessDeniedError(
        `The lock of the destination is ${this.place}, and S3 refused access to it (${message}): allow ${named} on ` +
          `${resource}, or keep the lock beside the reports with \`lock: "reports"\``,
        { cause: error },
      );
    }
  }

  #unsupported(cause?: unknown): LockUnsupportedError {
    return new LockUnsupportedError(
      `The S3 of s3://${this.lock.destination} does not heed the conditions of writes (If-None-Match, If-Match), so no lock can be ` +
        'kept there, and two runs that write at once would not notice each other. Make sure that no other run writes there, ' +
        'and add --no-lock (`lock: "none"`); or keep the lock beside the reports with `lock: "reports"`, for runs that share those',
      { cause },
    );
  }

  #object(key: string) {
    return { Bucket: this.lock.destination, Key: key, ExpectedBucketOwner: this.lock.owner };
  }

  get #client() {
    return s3Client(this.lock.region);
  }
}

/** Whether a request with a condition did what it was asked for. */
async function unlessRefused(request: Promise<unknown>): Promise<boolean> {
  try {
    await request;
    return true;
  } catch (error) {
    if (REFUSALS.includes(errorCode(error))) return false;
    throw error;
  }
}

function unlessUnsupported(error: unknown): void {
  if (!isUnsupported(error)) throw error;
}

/** Of a server that does not know conditions, and says so. */
function isUnsupported(error: unknown): boolean {
  const { $metadata } = (error ?? {}) as { $metadata?: { httpStatusCode?: number } };
  return $metadata?.httpStatusCode === 501 || errorCode(error) === 'NotImplemented';
}
