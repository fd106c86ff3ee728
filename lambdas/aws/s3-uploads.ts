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
import { StoreError, type Tag } from '../engine/object-store';
import type {
  CompleteRequest,
  ObjectUploads,
  PartRequest,
  UploadedPart,
  UploadRequest,
} from '../engine/object-uploads';
import { checksumMembers, readChecksums } from './checksums';
import { readPartResult } from './copy-result';
import { encodeCopySource, type SourceSide } from './copy-source';
import { expectRoot } from './expect-root';
import { unquote } from './list-page';
import { PartMarkers } from './part-markers';
import { objectOf, type Side, send } from './side';
import { aboutTags } from './tags-unsupported';
import type { WriteSettings } from './write-settings';

/** It travels in the state of an execution. Servers have up to some 500 characters. */
const LONGEST_UPLOAD_ID = 1024;

/** Multipart uploads in a bucket, by UploadPartCopy. */
export class S3Uploads implements ObjectUploads {
  constructor(
    private readonly side: Side,
    private readonly source: SourceSide,
    private readonly settings: WriteSettings,
  ) {}

  async create({ key, attributes, tags, storageClass, checksum }: UploadRequest): Promise<string> {
    const command = new CreateMultipartUploadCommand({
      ...objectOf(this.side, key),
      ContentType: attributes.contentType,
      CacheControl: attributes.cacheControl,
      ContentDisposition: attributes.contentDisposition,
      ContentEncoding: attributes.contentEncoding,
      ContentLanguage: attributes.contentLanguage,
      WebsiteRedirectLocation: attributes.websiteRedirect,
      Metadata: { ...attributes.metadata },
      Tagging: tags.length > 0 ? encodeTags(tags) : undefined,
      StorageClass: storageClass as StorageClass,
      ...this.settings,
      ChecksumAlgorithm: checksum?.algorithm as ChecksumAlgorithm | undefined,
      ChecksumType: checksum?.type,
    });
    // The SDK would make a date of it; S3 keeps the header's text, whatever it is.
    const headers = attributes.expires === undefined ? undefined : { expires: attributes.expires };
    const begin = () => send(this.side, 'other', command, { headers, writes: true });
    const { UploadId } = await (tags.length > 0 ? aboutTags(begin) : begin());
    if (!UploadId) throw new StoreError('refused', 'S3 began an upload without an id');
    if (UploadId.length > LONGEST_UPLOAD_ID)
      throw new StoreError('refused', `S3 began an upload with an id of ${UploadId.length} characters`);
    return UploadId;
  }

  async copyPart({ key, uploadId, part, sourceETag, sizeBytes, bytes }: PartRequest): Promise<UploadedPart> {
    const command = new UploadPartCopyCommand({
      ...objectOf(this.side, key),
      UploadId: uploadId,
      PartNumber: part,
      CopySource: encodeCopySource(this.source, key),
      CopySourceIfMatch: `"${sourceETag}"`,
      CopySourceRange: bytes && `bytes=${bytes.first}-${bytes.last}`,
      ExpectedSourceBucketOwner: this.source.owner,
    });
    const { CopyPartResult = {} } = await send(this.side, 'copy', command, { read: readPartResult, writes: true });
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
        const page: ListPartsCommandOutput = await send(this.side, 'other', command);
        parts.push(...(page.Parts ?? []).map(readPart));
        // The SDK's paginator goes by the marker alone, which the last page has too.
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
    destination,
  }: CompleteRequest): Promise<string | undefined> {
    const Parts = [...parts]
      .sort((a, b) => a.part - b.part)
      .map(({ part, eTag, checksums }) => ({ PartNumber: part, ETag: `"${eTag}"`, ...checksumMembers(checksums) }));
    const command = new CompleteMultipartUploadCommand({
      ...objectOf(this.side, key),
      UploadId: uploadId,
      MultipartUpload: { Parts },
      MpuObjectSize: sizeBytes,
      ChecksumType: checksum?.type,
      ...(destination === 'absent' && { IfNoneMatch: '*' }),
      ...(typeof destination === 'object' && { IfMatch: `"${destination.eTag}"` }),
    });
    const answer = await send<CompleteMultipartUploadCommand>(this.side, 'other', command, {
      read: expectRoot('CompleteMultipartUpload'),
      writes: true,
    });
    return answer.ETag === undefined ? undefined : unquote(answer.ETag);
  }

  async abort(key: string, uploadId: string): Promise<void> {
    const command = new AbortMultipartUploadCommand({ ...objectOf(this.side, key), UploadId: uploadId });
    try {
      await send(this.side, 'other', command);
    } catch (error) {
      if (!isUploadGone(error)) throw error;
    }
  }
}

function readPart(found: Part): UploadedPart {
  const { PartNumber = 0, ETag = '', Size = 0 } = found;
  return { part: PartNumber, sizeBytes: Size, eTag: unquote(ETag), checksums: readChecksums(found) };
}

function isUploadGone(error: unknown): boolean {
  return error instanceof StoreError && error.reason === 'upload-ended';
}

function encodeTags(tags: readonly Tag[]): string {
  return tags.map(({ name, value }) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`).join('&');
}
