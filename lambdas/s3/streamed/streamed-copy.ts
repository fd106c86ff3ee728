import {
  type ChecksumAlgorithm,
  type GetObjectCommandOutput,
  PutObjectCommand,
  type PutObjectCommandOutput,
  type StorageClass,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import type { Lack } from '../../../statemachine/lacks';
import { sameAttributes } from '../../engine/compare/same-attributes';
import type { ObjectHead, Tag } from '../../engine/ports/bucket-reader';
import type { CopyRequest } from '../../engine/ports/bucket-writer';
import type { PartRequest, UploadedPart } from '../../engine/ports/object-uploads';
import type { RequestObserver } from '../../engine/ports/request-observer';
import { StoreError } from '../../engine/ports/store-error';
import { sparing } from '../../engine/server/unless-lacking';
import { unquote } from '../answers/etag';
import { expiresHeader, headersOf } from '../buckets/attribute-headers';
import { checksumMembers, readChecksums } from '../buckets/checksums';
import { encodeTags } from '../buckets/encode-tags';
import { hasOpaqueETag, readHead } from '../buckets/read-head';
import { S3Source } from '../buckets/s3-source';
import { sendTo } from '../buckets/send-to';
import { objectOf, type Side } from '../buckets/side';
import { countTags } from '../buckets/tag-set';
import { tellVersion } from '../buckets/tell-version';
import { conditionOn } from '../buckets/write-condition';
import type { WriteSettings } from '../buckets/write-settings';
import { aboutTags } from '../errors/tags-unsupported';
import { isUnknownRequest } from '../errors/unknown-request';
import { ByteBudget } from './byte-budget';
import { attemptStreams } from './streamed-attempts';
import { StreamedObject, streamLimits } from './streamed-object';

/**
 * How many bytes the copies of this thread may copy at the same time, and how many a single copy counts for at most. This allows
 * sixteen large copies, which share the network, or more small ones. No object is ever in memory completely, see `IncomingBytes`.
 */
const BUDGET = new ByteBudget(64 * 1024 ** 2);
const MOST_BYTES_OF_ONE = 4 * 1024 ** 2;

const MD5 = /^[0-9a-f]{32}$/;

const HIDDEN_METADATA =
  'The source object has user metadata that S3 does not show (x-amz-missing-meta), so it cannot be sent to another server: ' +
  'give it metadata of printable characters, or leave it out with `exclude`';

/** Copies objects and parts through this machine: reads from one server and writes to the other at the same time. */
export class StreamedCopy {
  #tagsSeen = false;

  constructor(
    private readonly source: Side,
    private readonly destination: Side,
    private readonly settings: WriteSettings,
  ) {}

  /** @returns the copy's ETag @throws StoreError | StreamStoppedError */
  copyObject(request: CopyRequest): Promise<string> {
    const { lacks } = this.destination.observer;
    // if the server does not support the checksum, another attempt reads the object again and leaves the checksum out
    const spare: Lack[] = ['uploadChecksums', ...(request.keepsClass ? ['classHeader' as const] : [])];
    return sparing(lacks, 'PutObject', spare, isUnknownRequest, (leaveOut) =>
      this.#attempt(request.sizeBytes, async (observer) => {
        const { key, sourceETag: eTag, sizeBytes } = request;
        const object = await StreamedObject.open({ ...this.source, observer }, { key, eTag, sizeBytes });
        try {
          return await this.#put(object, request, observer, leaveOut);
        } finally {
          object.cancel();
        }
      }),
    );
  }

  /** @throws StoreError | StreamStoppedError */
  copyPart({ key, uploadId, part, sourceETag: eTag, sizeBytes, bytes, checksum }: PartRequest): Promise<UploadedPart> {
    return this.#attempt(sizeBytes, async (observer) => {
      const own = checksum === undefined ? {} : { part };
      const object = await StreamedObject.open({ ...this.source, observer }, { key, eTag, sizeBytes, bytes, ...own });
      try {
        const command = new UploadPartCommand({
          ...objectOf(this.destination, key),
          UploadId: uploadId,
          PartNumber: part,
          ...bodyOf(object, () => {}),
          ...(checksum !== undefined && checksumMembers(only(readChecksums(object.answer), checksum))),
        });
        const answer = await this.#send(command, object, observer);
        const stored = expectStored(answer, object, key);
        return { part, sizeBytes, eTag: stored, checksums: readChecksums(answer), md5: object.md5 };
      } finally {
        object.cancel();
      }
    });
  }

  async #put(
    object: StreamedObject,
    request: CopyRequest,
    observer: RequestObserver,
    leaveOut: ReadonlySet<Lack>,
  ): Promise<string> {
    const { key, sourceETag, destination } = request;
    const head = readHead(object.answer);
    if (head.attributes.hiddenMetadata !== undefined) throw new StoreError('hidden-metadata', HIDDEN_METADATA);
    const storageClass = this.#classOf(request, head);
    const tags = request.tags === 'copy' ? await this.#readTags(object, key, observer) : [];
    const md5 = MD5.test(sourceETag) && !head.opaqueETag ? sourceETag : undefined;
    const command = new PutObjectCommand({
      ...objectOf(this.destination, key),
      ...headersOf(head.attributes),
      Tagging: encodeTags(tags),
      StorageClass: leaveOut.has('classHeader') ? undefined : (storageClass as StorageClass),
      ...this.settings,
      ...bodyOf(object, (got) => expectContent(got, md5, key)),
      ...(md5 !== undefined && { ContentMD5: Buffer.from(md5, 'hex').toString('base64') }),
      ...(!leaveOut.has('uploadChecksums') && named(only(ofWholeContent(object.answer)))),
      ...conditionOn(destination),
    });
    const put = () => this.#send(command, object, observer, expiresHeader(head.attributes));
    const answer = await (tags.length > 0 ? aboutTags(put) : put());
    tellVersion(observer, key, answer.VersionId);
    const stored = answer.ETag ? expectStored(answer, object, key) : await this.#findStored(object, key, observer);
    if (tags.length > 0) await this.#lookAtTags(key, tags.length, observer);
    if (storageClass !== request.storageClass) await this.#lookAtClass(key, storageClass, observer);
    return stored;
  }

  /** The answer does not say what was made. @throws StoreError  nothing shows that it is what was sent */
  async #findStored({ md5 }: StreamedObject, key: string, observer: RequestObserver): Promise<string> {
    const { lacks } = this.destination.observer;
    const made = lacks && (await new S3Source({ ...this.destination, observer }).headObject(key));
    if (made?.eTag === md5) return md5;
    throw new StoreError('refused', 'S3 answered a copy without an ETag');
  }

  /** Nobody else knows that the copy should have this class. */
  async #lookAtClass(key: string, storageClass: string, observer: RequestObserver): Promise<void> {
    const { lacks } = this.destination.observer;
    if (!lacks || lacks.has('storageClasses')) return;
    const made = await new S3Source({ ...this.destination, observer }).headObject(key).catch(() => undefined);
    if (made && made.storageClass !== storageClass) lacks.add('storageClasses');
  }

  /** A server other than AWS may list all objects as STANDARD. */
  #classOf({ storageClass, keepsClass }: CopyRequest, head: ObjectHead): string {
    const { lacks } = this.source.observer;
    if (!lacks || !keepsClass || storageClass !== 'STANDARD' || head.storageClass === 'STANDARD') return storageClass;
    lacks.add('listedClasses');
    return head.storageClass;
  }

  /** Once, whether the destination keeps them. AWS does. The copy is made, so what is refused now is no failure. */
  async #lookAtTags(key: string, count: number, observer: RequestObserver): Promise<void> {
    const { lacks } = this.destination.observer;
    if (!lacks || this.#tagsSeen || lacks.has('copiedTags')) return;
    this.#tagsSeen = true;
    const kept = await countTags({ ...this.destination, observer: { ...observer, lacks } }, key).catch(() => count);
    if (kept < count) lacks.add('copiedTags');
  }

  /**
   * The answer with the content does not include tags. They certainly belong to the same version if the answer says that there are
   * none, or if the object still has the same date.
   */
  async #readTags(object: StreamedObject, key: string, observer: RequestObserver): Promise<Tag[]> {
    const source = new S3Source({ ...this.source, observer });
    const tags = await source.readTags(key);
    if (tags.length === 0 && !object.answer.TagCount) return tags;
    const [then, now] = [readHead(object.answer), await source.headObject(key)];
    const isSame = (then.eTag === '' || now.eTag === then.eTag) && now.lastModified === then.lastModified;
    if (isSame && sameAttributes(now.attributes, then.attributes)) return expectAllTags(tags, then.tagCount);
    throw new StoreError('changed', 'The source object was overwritten while its tags were read');
  }

  async #send(
    command: PutObjectCommand | UploadPartCommand,
    object: StreamedObject,
    observer: RequestObserver,
    headers?: Readonly<Record<string, string>>,
  ): Promise<PutObjectCommandOutput> {
    const side = { ...this.destination, observer };
    const stream = streamLimits(side, object.sizeBytes);
    try {
      return await sendTo<PutObjectCommand>(side, 'copy', command as PutObjectCommand, {
        headers,
        writes: true,
        stream,
      });
    } catch (error) {
      // the content did not come, so this is the reason of any other error
      throw object.failure ?? error;
    }
  }

  #attempt<T>(sizeBytes: number | undefined, attempt: (observer: RequestObserver) => Promise<T>): Promise<T> {
    const bytes = Math.min(sizeBytes ?? MOST_BYTES_OF_ONE, MOST_BYTES_OF_ONE);
    return BUDGET.run(bytes, () => attemptStreams(this.destination.observer, attempt));
  }
}

/** @throws StoreError  the source has tags that its server does not show */
function expectAllTags(tags: Tag[], count: number): Tag[] {
  if (tags.length >= count) return tags;
  throw new StoreError('refused', 'The object has tags that its server does not show: set `tags` to "ignore"');
}

/** HTTP cannot send an empty stream. */
function bodyOf(object: StreamedObject, accept: (md5: string) => void) {
  const { sizeBytes: ContentLength } = object;
  const Body = (ContentLength === 0 ? '' : object.content(accept)) as unknown as string;
  return { Body, ContentLength };
}

/** S3 accepts one checksum per object. @param algorithm  absent: any */
function only(checksums: Readonly<Record<string, string>>, algorithm?: string): Record<string, string> {
  const [name] = Object.keys(checksums).filter((each) => algorithm === undefined || each === algorithm);
  return name === undefined ? {} : { [name]: checksums[name] ?? '' };
}

/** Servers without checksum types return the checksum of the whole content, if the object has no parts. */
function ofWholeContent(answer: GetObjectCommandOutput): Readonly<Record<string, string>> {
  const hasParts = answer.ETag === undefined || answer.ETag.includes('-');
  return answer.ChecksumType === 'FULL_OBJECT' || (answer.ChecksumType === undefined && !hasParts)
    ? readChecksums(answer)
    : {};
}

/** As the SDKs send it. Some servers use the name of the algorithm. */
function named(checksums: Record<string, string>) {
  const [algorithm] = Object.keys(checksums);
  return algorithm === undefined
    ? {}
    : { ...checksumMembers(checksums), ChecksumAlgorithm: algorithm as ChecksumAlgorithm };
}

/** @throws StoreError  before the last bytes are sent */
function expectContent(got: string, expected: string | undefined, key: string): void {
  if (expected === undefined || got === expected) return;
  throw new StoreError(
    'contradictory',
    `The source's content of "${key}" has the MD5 ${got}, but its ETag says ${expected}: it is damaged there or on the way`,
  );
}

/** @returns the ETag of the copy at the destination @throws StoreError  it is not what was sent */
function expectStored(answer: PutObjectCommandOutput, { md5 }: StreamedObject, key: string): string {
  if (!answer.ETag) throw new StoreError('refused', 'S3 answered a copy without an ETag');
  const eTag = unquote(answer.ETag);
  if (hasOpaqueETag(answer) || !MD5.test(eTag) || eTag === md5) return eTag;
  throw new StoreError(
    'contradictory',
    `The destination says that "${key}" has the MD5 ${eTag}, but bucketsync sent ${md5}: it is damaged there or on the way`,
  );
}
