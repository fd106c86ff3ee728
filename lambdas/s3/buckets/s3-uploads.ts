import {
  AbortMultipartUploadCommand,
  type ChecksumAlgorithm,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  ListPartsCommand,
  type ListPartsCommandOutput,
  type Part,
  type StorageClass,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3';
import type { Lack } from '../../../statemachine/lacks';
import type { KnownLacks } from '../../engine/ports/known-lacks';
import type {
  CompleteRequest,
  ObjectUploads,
  PartRequest,
  UploadedPart,
  UploadRequest,
} from '../../engine/ports/object-uploads';
import { StoreError, UnsupportedError } from '../../engine/ports/store-error';
import { sparing } from '../../engine/server/unless-lacking';
import { readPartResult } from '../answers/copy-result';
import { unquote } from '../answers/etag';
import { expectRoot } from '../answers/expect-root';
import { aboutTags } from '../errors/tags-unsupported';
import { isUnknownRequest } from '../errors/unknown-request';
import { expiresHeader, headersOf } from './attribute-headers';
import { checksumMembers, readChecksums } from './checksums';
import { encodeCopySource, type SourceSide } from './encode-copy-source';
import { encodeTags } from './encode-tags';
import { PartMarkers } from './part-markers';
import { sendTo } from './send-to';
import { objectOf, type Side } from './side';
import { tellVersion } from './tell-version';
import { conditionOn } from './write-condition';
import type { WriteSettings } from './write-settings';

/** The id is part of an execution's state. Ids of servers have up to about 500 characters. */
const LONGEST_UPLOAD_ID = 1024;

const REFUSED_CHECKSUM: ReadonlySet<string> = new Set(['BadDigest', 'InvalidDigest', 'InvalidPart']);

/** Multipart uploads in a bucket, by UploadPartCopy. */
export class S3Uploads implements ObjectUploads {
  constructor(
    protected readonly side: Side,
    private readonly source: SourceSide,
    private readonly settings: WriteSettings,
  ) {}

  get #lacks(): KnownLacks | undefined {
    return this.side.observer.lacks;
  }

  #asUnsupported(lack: Lack | undefined): (error: unknown) => never {
    return (error) => {
      if (!this.#lacks || !(error instanceof StoreError) || !isUnknownRequest(error)) throw error;
      throw new UnsupportedError(error.message, error, lack);
    };
  }

  /** Some servers return checksums of parts that they then reject. */
  readonly #asRefusedChecksum = (error: unknown): never => {
    if (!this.#lacks || !(error instanceof StoreError)) throw error;
    if (!isUnknownRequest(error) && !REFUSED_CHECKSUM.has(error.said?.code ?? '')) throw error;
    throw new UnsupportedError(error.message, error, 'uploadChecksums');
  };

  async create({ key, attributes, tags, storageClass, keepsClass, checksum }: UploadRequest): Promise<string> {
    const commandWithout = (leaveOut: ReadonlySet<Lack>) =>
      new CreateMultipartUploadCommand({
        ...objectOf(this.side, key),
        ...headersOf(attributes),
        Tagging: encodeTags(tags),
        StorageClass: leaveOut.has('classHeader') ? undefined : (storageClass as StorageClass),
        ...this.settings,
        ...(!leaveOut.has('uploadChecksums') && {
          ChecksumAlgorithm: checksum?.algorithm as ChecksumAlgorithm | undefined,
          ChecksumType: checksum?.type,
        }),
      });
    const headers = expiresHeader(attributes);
    const spare: Lack[] = [
      ...(checksum ? ['uploadChecksums' as const] : []),
      ...(keepsClass ? ['classHeader' as const] : []),
    ];
    const begin = () =>
      sparing(this.#lacks, 'CreateMultipartUpload', spare, isUnknownRequest, (leaveOut) =>
        sendTo(this.side, 'other', commandWithout(leaveOut), { headers, writes: true }),
      );
    // if the tags are the reason, a single CopyObject may still copy them
    const lack = tags.length > 0 ? undefined : ('partCopies' as const);
    const { UploadId } = await (tags.length > 0 ? aboutTags(begin) : begin()).catch(this.#asUnsupported(lack));
    if (!UploadId) throw new StoreError('refused', 'S3 began an upload without an id');
    if (UploadId.length > LONGEST_UPLOAD_ID)
      throw new StoreError('refused', `S3 began an upload with an id of ${UploadId.length} characters`);
    return UploadId;
  }

  async copyPart({ key, uploadId, part, sourceETag, sizeBytes, bytes }: PartRequest): Promise<UploadedPart> {
    const commandWithout = (leaveOut: ReadonlySet<Lack>) =>
      new UploadPartCopyCommand({
        ...objectOf(this.side, key),
        UploadId: uploadId,
        PartNumber: part,
        CopySource: encodeCopySource(this.source, key),
        CopySourceIfMatch: leaveOut.has('copyConditions') ? undefined : `"${sourceETag}"`,
        CopySourceRange: bytes && `bytes=${bytes.first}-${bytes.last}`,
        ExpectedSourceBucketOwner: this.source.owner,
      });
    const spare = ['copyConditions'] as const;
    const { CopyPartResult = {} } = await sparing(this.#lacks, 'UploadPartCopy', spare, isUnknownRequest, (leaveOut) =>
      sendTo(this.side, 'copy', commandWithout(leaveOut), { read: readPartResult, writes: true }),
    ).catch(this.#asUnsupported('partCopies'));
    if (!CopyPartResult.ETag) throw new StoreError('refused', 'S3 answered a part without an ETag');
    return { part, sizeBytes, eTag: unquote(CopyPartResult.ETag), checksums: readChecksums(CopyPartResult) };
  }

  async listParts(key: string, uploadId: string): Promise<UploadedPart[] | undefined> {
    const parts: UploadedPart[] = [];
    const markers = new PartMarkers();
    let marker: string | undefined;
    try {
      do {
        const command = new ListPartsCommand({
          ...objectOf(this.side, key),
          UploadId: uploadId,
          PartNumberMarker: marker,
        });
        const page: ListPartsCommandOutput = await sendTo(this.side, 'other', command);
        parts.push(...(page.Parts ?? []).map(readPart));
        // the SDK's paginator uses only the marker, which the last page also has
        marker = markers.next(page.IsTruncated, page.NextPartNumberMarker);
      } while (marker !== undefined);
      return parts;
    } catch (error) {
      if (isUploadGone(error)) return undefined;
      throw error;
    }
  }

  async complete({
    key,
    uploadId,
    parts,
    sizeBytes,
    checksum,
    checksums,
    destination,
  }: CompleteRequest): Promise<string | undefined> {
    const Parts = [...parts]
      .sort((a, b) => a.part - b.part)
      .map(({ part, eTag, checksums }) => ({ PartNumber: part, ETag: `"${eTag}"`, ...checksumMembers(checksums) }));
    const commandWithout = (leaveOut: ReadonlySet<Lack>) =>
      new CompleteMultipartUploadCommand({
        ...objectOf(this.side, key),
        UploadId: uploadId,
        MultipartUpload: { Parts },
        ...(!leaveOut.has('uploadSizes') && { MpuObjectSize: sizeBytes, ChecksumType: checksum?.type }),
        ...(!leaveOut.has('uploadSizes') &&
          !this.#lacks?.has('uploadChecksums') &&
          checksums &&
          checksumMembers(checksums)),
        ...conditionOn(destination),
      });
    const read = expectRoot('CompleteMultipartUpload');
    const answer = await sparing(
      this.#lacks,
      'CompleteMultipartUpload',
      ['uploadSizes'],
      isUnknownRequest,
      (leaveOut) =>
        sendTo<CompleteMultipartUploadCommand>(this.side, 'other', commandWithout(leaveOut), { read, writes: true }),
    ).catch(checksum ? this.#asRefusedChecksum : rethrow);
    tellVersion(this.side.observer, key, answer.VersionId);
    return answer.ETag === undefined ? undefined : unquote(answer.ETag);
  }

  async abort(key: string, uploadId: string): Promise<void> {
    const command = new AbortMultipartUploadCommand({ ...objectOf(this.side, key), UploadId: uploadId });
    try {
      await sendTo(this.side, 'other', command);
    } catch (error) {
      if (!isUploadGone(error)) throw error;
    }
  }
}

function rethrow(error: unknown): never {
  throw error;
}

function readPart(found: Part): UploadedPart {
  const { PartNumber = 0, ETag = '', Size = 0 } = found;
  return { part: PartNumber, sizeBytes: Size, eTag: unquote(ETag), checksums: readChecksums(found) };
}

function isUploadGone(error: unknown): boolean {
  return error instanceof StoreError && error.reason === 'upload-ended';
}
