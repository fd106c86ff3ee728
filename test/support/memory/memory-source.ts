import type {
  ListedObject,
  ObjectHead,
  ObjectPage,
  PageRequest,
  PartHead,
  RestorableSource,
  RestoreRequest,
  RestoreState,
  Tag,
} from '../../../lambdas/engine/ports/bucket-reader';
import { StoreError } from '../../../lambdas/engine/ports/store-error';
import { asksKms } from '../../../lambdas/s3/buckets/asks-kms';
import { readChecksums } from '../../../lambdas/s3/buckets/checksums';
import { listingError } from '../../../lambdas/s3/buckets/listing-error';
import { expectPartsCount } from '../../../lambdas/s3/buckets/part-markers';
import { readHead } from '../../../lambdas/s3/buckets/read-head';
import { startAfterOf } from '../../../lambdas/s3/buckets/start-after';
import { orExpired } from '../../../lambdas/s3/credentials/renew-credentials';
import { errorCode } from '../../../lambdas/s3/errors/s3-errors';
import { aboutTags } from '../../../lambdas/s3/errors/tags-unsupported';
import type { ObjectVersion } from '../../../local/s3';
import { CredentialsExpiredError } from '../../../statemachine/errors';
import { formatS3Url } from '../../../wording/s3-url';
import { askAgain, encryptionIn, type ObservedSide, send } from './memory-requests';
import { type HeadAnswer, readHeaders } from './object-headers';
import { restoreBody } from './request-bodies';

const CHECKSUMS = { 'x-amz-checksum-mode': 'ENABLED' };
const ARCHIVE_CLASSES = new Set(['GLACIER', 'DEEP_ARCHIVE']);

/** Reads a bucket of the embedded S3 as `S3Source` does, without HTTP. `both-worlds.test.ts` holds both against each other. */
export class MemorySource implements RestorableSource {
  constructor(protected readonly side: ObservedSide) {}

  async listPage({ startAfter, continuation, keyPrefix = '', maxKeys }: PageRequest): Promise<ObjectPage> {
    const { bucket, prefix, pageSize, observer } = this.side;
    const query = {
      'list-type': '2',
      prefix: `${prefix}${keyPrefix}` || undefined,
      'start-after': startAfter === undefined ? undefined : startAfterOf(`${prefix}${startAfter}`) || undefined,
      'continuation-token': continuation,
      'max-keys': String(Math.min(maxKeys ?? pageSize, pageSize)),
      'encoding-type': 'url',
    };
    const headers = { 'x-amz-optional-object-attributes': 'RestoreStatus' };
    const ask = () => askAgain(this.side, 'list', { operation: 'ListObjectsV2', query, headers });
    try {
      const { result } = await untilAborted(observer.signal, ask);
      const objects = result.objects.map((version) => toListed(version, prefix));
      return { objects, ...(result.next !== undefined && { next: result.next }) };
    } catch (error) {
      const found = orExpired(error);
      if (found instanceof CredentialsExpiredError) throw found;
      const isExhausted = observer.patience?.isExhausted;
      throw listingError({ place: formatS3Url(bucket, prefix), error, continuation, isExhausted });
    }
  }

  async headObject(key: string, { checksums } = { checksums: false }): Promise<ObjectHead> {
    const answer = await this.#head(key, checksums ? CHECKSUMS : {});
    if (checksums && asksKms(answer)) this.side.observer.onKmsRequest?.();
    return readHead(answer as Parameters<typeof readHead>[0]);
  }

  async headPart(key: string, part: number, { checksums } = { checksums: false }): Promise<PartHead> {
    const answer = await this.#head(key, checksums ? CHECKSUMS : {}, { partNumber: String(part) });
    const known = { sizeBytes: answer.ContentLength, partsCount: expectPartsCount(answer.PartsCount) };
    return checksums ? { ...known, checksums: readChecksums(answer) } : known;
  }

  async listPartSizes({ key, eTag }: { key: string; eTag: string }): Promise<number[] | undefined> {
    const sizes: number[] = [];
    let marker: string | undefined;
    do {
      const headers = { 'x-amz-object-attributes': 'ETag, ObjectParts', 'x-amz-part-number-marker': marker };
      const { result } = await send(this.side, 'head', { operation: 'GetObjectAttributes', key, headers });
      const { shown } = result.parts ?? {};
      if (result.eTag !== eTag || !shown?.parts.length) return undefined;
      sizes.push(...shown.parts.map(({ sizeBytes }) => sizeBytes));
      marker = shown.isTruncated ? String(shown.parts.at(-1)?.partNumber) : undefined;
    } while (marker !== undefined);
    return sizes;
  }

  async readTags(key: string): Promise<Tag[]> {
    const { result } = await aboutTags(() => send(this.side, 'head', { operation: 'GetObjectTagging', key }));
    return result.map(([name, value]) => ({ name, value }));
  }

  async countTags(key: string): Promise<number> {
    return (await this.readTags(key)).length;
  }

  async restoreObject({ key, tier, days }: RestoreRequest): Promise<RestoreState> {
    const request = { operation: 'RestoreObject', key, body: restoreBody(tier, days) };
    try {
      const { status } = await send(this.side, 'other', request, { writes: true });
      return status === 200 ? 'restored' : 'begun';
    } catch (error) {
      if (error instanceof StoreError && errorCode(error.cause) === 'RestoreAlreadyInProgress') return 'under way';
      throw error;
    }
  }

  async #head(key: string, headers = {}, query = {}): Promise<HeadAnswer> {
    const answer = await send(this.side, 'head', { operation: 'HeadObject', key, headers, query });
    return { ...readHeaders(answer.headers), ...encryptionIn(answer.headers) };
  }
}

function toListed({ key, body, checksum, restore, ...version }: ObjectVersion, prefix: string): ListedObject {
  const isRestored = restore?.expires !== undefined && !restore.ongoing;
  const archived = ARCHIVE_CLASSES.has(version.storageClass) && !isRestored;
  return {
    key: key.slice(prefix.length),
    sizeBytes: body.length,
    eTag: version.eTag,
    lastModified: version.lastModified.getTime(),
    storageClass: version.storageClass,
    archived,
    restoring: (archived && restore?.ongoing) || undefined,
    checksum: { algorithm: checksum.algorithm, type: checksum.type },
  };
}

/** Stops waiting for a list page when its caller stops. */
async function untilAborted<T>(signal: AbortSignal | undefined, ask: () => Promise<T>): Promise<T> {
  if (!signal) return ask();
  signal.throwIfAborted();
  const { promise, reject } = Promise.withResolvers<never>();
  const abort = () => reject(signal.reason);
  signal.addEventListener('abort', abort);
  const asked = ask();
  asked.catch(() => {});
  try {
    return await Promise.race([asked, promise]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
