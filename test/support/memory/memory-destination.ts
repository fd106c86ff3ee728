import type {
  BucketWriter,
  ConfirmDeletes,
  CopyRequest,
  DeleteFailure,
  DeleteRequest,
} from '../../../lambdas/engine/ports/bucket-writer';
import { StoreError } from '../../../lambdas/engine/ports/store-error';
import { isOdd, PASSING_FAULTS } from '../../../lambdas/s3/buckets/batch-deletes';
import { encodeCopySource } from '../../../lambdas/s3/buckets/encode-copy-source';
import { tellVersion } from '../../../lambdas/s3/buckets/tell-version';
import { writeSettings } from '../../../lambdas/s3/buckets/write-settings';
import { ALL_LEFT, nextAttempt } from '../../../lambdas/s3/client/next-attempt';
import { isConflict } from '../../../lambdas/s3/errors/conflicts';
import { storeError, toStoreError } from '../../../lambdas/s3/errors/s3-errors';
import type { Headers } from '../../../local/s3';
import { S3Error } from '../../../local/s3/errors';
import type { Run } from '../../../statemachine/contract';
import { CredentialsExpiredError } from '../../../statemachine/errors';
import { type MemorySide, type ObservedSide, send } from './memory-requests';
import { MemorySource } from './memory-source';
import { MemoryUploads } from './memory-uploads';
import { attributeHeaders, conditionHeaders } from './object-headers';
import { deleteBody, md5Header } from './request-bodies';

type CodedFailure = DeleteFailure & { readonly code: string };

/** Right before each request. @returns the keys that may still be deleted */
type Ready = () => Promise<readonly DeleteRequest[]>;
type Attempt = (ready: Ready, side: ObservedSide) => Promise<CodedFailure[]>;

/** Writes to a bucket of the embedded S3 as `S3Destination` does, without HTTP. */
export class MemoryDestination extends MemorySource implements BucketWriter {
  readonly uploads: MemoryUploads;
  readonly #settings: Headers;

  constructor(
    side: ObservedSide,
    private readonly source: MemorySide,
    run: Pick<Run, 'input' | 'settings'>,
  ) {
    super(side);
    this.#settings = settingHeaders(run);
    this.uploads = new MemoryUploads(side, source, this.#settings);
  }

  async copyObject(request: CopyRequest): Promise<string> {
    const { key, tags, attributes, destination } = request;
    const headers = {
      'x-amz-copy-source': encodeCopySource(this.source, key),
      'x-amz-copy-source-if-match': `"${request.sourceETag}"`,
      'x-amz-storage-class': request.storageClass,
      ...this.#settings,
      ...(attributes && { 'x-amz-metadata-directive': 'REPLACE', ...attributeHeaders(attributes) }),
      'x-amz-website-redirect-location': request.websiteRedirect ?? attributes?.websiteRedirect,
      'x-amz-object-annotation-directive': 'EXCLUDE',
      ...(tags === 'ignore' && { 'x-amz-tagging-directive': 'REPLACE' }),
      ...conditionHeaders(destination),
      'x-amz-source-expected-bucket-owner': this.source.owner,
    };
    const { result, headers: answer } = await send(
      this.side,
      'copy',
      { operation: 'CopyObject', key, headers },
      { writes: true },
    );
    tellVersion(this.side.observer, key, answer['x-amz-version-id']);
    return result.eTag;
  }

  async deleteObjects(
    requests: readonly DeleteRequest[],
    confirm: ConfirmDeletes = (all) => all,
  ): Promise<DeleteFailure[]> {
    const odd = requests.filter(({ key }) => isOdd(`${this.side.prefix}${key}`));
    const plain = requests.filter(({ key }) => !isOdd(`${this.side.prefix}${key}`));
    const alone = odd.map((request) => this.#repeat([request], confirm, deleteAlone));
    const failures = await Promise.all([this.#repeat(plain, confirm, deleteTogether), ...alone]);
    return failures.flat();
  }

  /** Each attempt is confirmed, and only keys that S3 may delete later are asked for again. */
  async #repeat(
    requests: readonly DeleteRequest[],
    confirm: ConfirmDeletes,
    attempt: Attempt,
  ): Promise<DeleteFailure[]> {
    const lasting: DeleteFailure[] = [];
    let confirmed = requests;
    let left = ALL_LEFT;
    for (let attempts = 1; confirmed.length > 0; attempts++) {
      const ready = async () => {
        await this.side.observer.gate?.pass();
        confirmed = await confirm(confirmed, attempts);
        return confirmed;
      };
      const failures = await this.#attempt(ready, attempt, () => confirmed);
      const passing = failures.filter(({ passes }) => passes);
      lasting.push(...failures.filter(({ passes }) => !passes));
      if (passing.length === 0) break;
      const isBusy = passing.some(({ error }) => error instanceof StoreError && error.reason === 'slow-down');
      const next = await nextAttempt({ kind: 'delete', attempts, isBusy, left }, this.side.observer.patience);
      if (!next) return [...lasting, ...passing];
      left = next.left;
      const again = new Set(passing.map(({ key }) => key));
      confirmed = confirmed.filter(({ key }) => again.has(key));
    }
    return lasting;
  }

  async #attempt(ready: Ready, attempt: Attempt, confirmed: () => readonly DeleteRequest[]) {
    const { observer } = this.side;
    let passes = false;
    const leaveToSender = () => {
      passes = true;
    };
    try {
      const failures = await attempt(ready, { ...this.side, observer: { ...observer, leaveToSender } });
      if (failures.some(({ code }) => PASSING_FAULTS.has(code))) observer.onSlowDown();
      return failures.map((failure) => ({ ...failure, passes: PASSING_FAULTS.has(failure.code) }));
    } catch (error) {
      const again = passes || isConflict(error);
      const reason = error instanceof CredentialsExpiredError ? error : toStoreError(error);
      return confirmed().map(({ key }) => ({ key, error: reason, passes: again }));
    }
  }
}

const deleteTogether: Attempt = async (ready, side) => {
  const requests = await ready();
  if (requests.length === 0) return [];
  const body = deleteBody(requests, side.prefix);
  const request = { operation: 'DeleteObjects', body, headers: md5Header(body) } as const;
  const { result } = await send(side, 'delete', request, { writes: true });
  return result.flatMap(({ key, outcome }) => {
    if (!(outcome instanceof S3Error)) {
      if (outcome.deleteMarker) tellVersion(side.observer, key.slice(side.prefix.length), outcome.versionId);
      return [];
    }
    const { code, message } = outcome;
    return [{ key: key.slice(side.prefix.length), error: storeError(code, message), code }];
  });
};

const deleteAlone: Attempt = async (ready, side) => {
  for (const { key, eTag } of await ready()) {
    const headers = { 'if-match': eTag && `"${eTag}"` };
    const answer = await send(side, 'delete', { operation: 'DeleteObject', key, headers }, { writes: true });
    if (answer.headers['x-amz-delete-marker'] === 'true')
      tellVersion(side.observer, key, answer.headers['x-amz-version-id']);
  }
  return [];
};

/** Headers that CopyObject and CreateMultipartUpload share, the same for every object of a run. */
export function settingHeaders(run: Pick<Run, 'input' | 'settings'>): Headers {
  const { ServerSideEncryption, SSEKMSKeyId, ACL } = writeSettings(run);
  return {
    'x-amz-server-side-encryption': ServerSideEncryption,
    'x-amz-server-side-encryption-aws-kms-key-id': SSEKMSKeyId,
    'x-amz-acl': ACL,
  };
}
