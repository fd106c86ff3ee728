import { type LockPlace, type LockStore, NO_HOLDERS, type StoredLock } from '../../../lambdas/engine/ports/lock-store';
import { askAbout } from '../../../lambdas/host/lock-store/lock-refusals';
import { retryConflicts } from '../../../lambdas/s3/errors/conflicts';
import { isAbsent } from '../../../lambdas/s3/errors/s3-errors';
import { unlessUnmet } from '../../../lambdas/s3/errors/unless-unmet';
import type { S3Service, Told } from '../../../local/s3';
import { AccessDeniedError } from '../../../statemachine/errors';
import { LOCK_KEY, RESERVED_FOLDER } from '../../../statemachine/reserved-folder';
import { ask, type Request } from './memory-requests';

/** The lock in a bucket of the embedded S3 as `S3LockStore` keeps it, without HTTP. */
export class MemoryLockStore implements LockStore {
  constructor(
    private readonly s3: S3Service,
    private readonly lock: LockPlace,
    private readonly signal?: AbortSignal,
  ) {}

  get place(): string {
    return `s3://${this.lock.destination}/${LOCK_KEY}`;
  }

  async read(): Promise<StoredLock | undefined> {
    try {
      const { headers, body } = await this.#ask('s3:GetObject', { operation: 'GetObject', key: LOCK_KEY });
      return {
        body: await textOf(body),
        version: headers.etag ?? '',
        writtenAt: Date.parse(headers['last-modified'] ?? ''),
        now: Math.floor(Date.now() / 1000) * 1000,
      };
    } catch (error) {
      if (isAbsent(error)) return undefined;
      throw error;
    }
  }

  write(body: string, over: string | undefined): Promise<boolean> {
    const { sse, sseKmsKeyId, acls } = this.lock;
    const headers = {
      'content-type': 'application/json',
      ...(over === undefined ? { 'if-none-match': '*' } : { 'if-match': over }),
      'x-amz-server-side-encryption': sse,
      'x-amz-server-side-encryption-aws-kms-key-id': sseKmsKeyId,
      ...(acls && { 'x-amz-acl': 'bucket-owner-full-control' }),
    };
    return unlessUnmet(this.#ask('s3:PutObject', { operation: 'PutObject', key: LOCK_KEY, headers, body }));
  }

  async remove(version: string): Promise<boolean> {
    const request = { operation: 'DeleteObject', key: LOCK_KEY, headers: { 'if-match': version } };
    try {
      return await unlessUnmet(this.#ask('s3:DeleteObject', request));
    } catch (error) {
      if (!(error instanceof AccessDeniedError)) throw error;
      return this.write(NO_HOLDERS, version);
    }
  }

  async discard(): Promise<void> {
    await this.#ask('s3:DeleteObject', { operation: 'DeleteObject', key: LOCK_KEY });
  }

  /** The embedded S3 heeds them, as AWS does. */
  async requireConditions(): Promise<void> {}

  #ask(action: string, request: Request<string>): Promise<Told> {
    const { s3, lock, place, signal } = this;
    const arn = `arn:aws:s3:::${lock.destination}/${RESERVED_FOLDER}*`;
    const side = { s3, bucket: lock.destination, prefix: '', owner: lock.owner, requestPayer: lock.requestPayer };
    return askAbout({ place, arn, endpoint: undefined }, action, () =>
      retryConflicts(
        async () => {
          signal?.throwIfAborted();
          return ask(side, request);
        },
        async () => {},
      ),
    );
  }
}

async function textOf(body: Told['body']): Promise<string> {
  if (body === undefined || typeof body === 'string') return body ?? '';
  return Buffer.concat([...body.chunks()]).toString('utf8');
}
