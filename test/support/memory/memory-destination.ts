import type {
  BucketWriter,
  ConfirmDeletes,
  CopyRequest,
  DeleteFailure,
  DeleteRequest,
} from '../../../lambdas/engine/ports/bucket-writer';
import { isOdd } from '../../../lambdas/s3/buckets/batch-deletes';
import { encodeCopySource } from '../../../lambdas/s3/buckets/encode-copy-source';
import { type Deletes, repeatDeletes } from '../../../lambdas/s3/buckets/repeat-deletes';
import { tellVersion } from '../../../lambdas/s3/buckets/tell-version';
import { writeSettings } from '../../../lambdas/s3/buckets/write-settings';
import { storeError } from '../../../lambdas/s3/errors/s3-errors';
import type { Headers } from '../../../local/s3';
import { S3Error } from '../../../local/s3/errors';
import type { Run } from '../../../statemachine/contract';
import { type MemorySide, type ObservedSide, send } from './memory-requests';
import { MemorySource } from './memory-source';
import { MemoryUploads } from './memory-uploads';
import { attributeHeaders, conditionHeaders } from './object-headers';
import { deleteBody, md5Header } from './request-bodies';

type Attempt = Deletes<ObservedSide>['attempt'];

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
    const by = (attempt: Attempt) => ({ side: this.side, confirm, attempt, wait: async () => {} });
    const alone = odd.map((request) => repeatDeletes(by(deleteAlone), [request]));
    const failures = await Promise.all([repeatDeletes(by(deleteTogether), plain), ...alone]);
    return failures.flat();
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
