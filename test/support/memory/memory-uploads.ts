import type {
  CompleteRequest,
  ObjectUploads,
  PartRequest,
  UploadedPart,
  UploadRequest,
} from '../../../lambdas/engine/ports/object-uploads';
import { StoreError } from '../../../lambdas/engine/ports/store-error';
import { encodeCopySource } from '../../../lambdas/s3/buckets/encode-copy-source';
import { encodeTags } from '../../../lambdas/s3/buckets/encode-tags';
import { tellVersion } from '../../../lambdas/s3/buckets/tell-version';
import { aboutTags } from '../../../lambdas/s3/errors/tags-unsupported';
import type { Headers, Results } from '../../../local/s3';
import { type MemorySide, type ObservedSide, send } from './memory-requests';
import { attributeHeaders, checksumHeaders, conditionHeaders } from './object-headers';
import { completeBody } from './request-bodies';

/** Uploads in parts to a bucket of the embedded S3 as `S3Uploads` makes them, without HTTP. */
export class MemoryUploads implements ObjectUploads {
  constructor(
    private readonly side: ObservedSide,
    private readonly source: MemorySide,
    private readonly settings: Headers,
  ) {}

  async create({ key, attributes, tags, storageClass, checksum }: UploadRequest): Promise<string> {
    const headers = {
      ...attributeHeaders(attributes),
      'x-amz-tagging': encodeTags(tags),
      'x-amz-storage-class': storageClass,
      ...this.settings,
      'x-amz-checksum-algorithm': checksum?.algorithm,
      'x-amz-checksum-type': checksum?.type,
    };
    const request = { operation: 'CreateMultipartUpload', key, headers } as const;
    const begin = () => send(this.side, 'other', request, { writes: true });
    const { result } = await (tags.length > 0 ? aboutTags(begin) : begin());
    return result.uploadId;
  }

  async copyPart({ key, uploadId, part, sourceETag, sizeBytes, bytes }: PartRequest): Promise<UploadedPart> {
    const headers = {
      'x-amz-copy-source': encodeCopySource(this.source, key),
      'x-amz-copy-source-if-match': `"${sourceETag}"`,
      'x-amz-copy-source-range': bytes && `bytes=${bytes.first}-${bytes.last}`,
      'x-amz-source-expected-bucket-owner': this.source.owner,
    };
    const query = { uploadId, partNumber: String(part) };
    const request = { operation: 'UploadPartCopy', key, headers, query } as const;
    const { result } = await send(this.side, 'copy', request, { writes: true });
    return { part, sizeBytes, eTag: result.eTag, checksums: checksumsOf(result) };
  }

  async listParts(key: string, uploadId: string): Promise<UploadedPart[] | undefined> {
    const parts: UploadedPart[] = [];
    let next: number | undefined;
    try {
      do {
        const query = { uploadId, 'part-number-marker': next === undefined ? undefined : String(next) };
        const { result } = await send(this.side, 'other', { operation: 'ListParts', key, query });
        parts.push(...result.parts.map(toUploaded));
        next = result.next;
      } while (next !== undefined);
      return parts;
    } catch (error) {
      if (isUploadGone(error)) return undefined;
      throw error;
    }
  }

  async complete(request: CompleteRequest): Promise<string | undefined> {
    const { key, uploadId, parts, sizeBytes, checksum, checksums, destination } = request;
    const headers = {
      'x-amz-mp-object-size': String(sizeBytes),
      'x-amz-checksum-type': checksum?.type,
      ...checksumHeaders(checksums),
      ...conditionHeaders(destination),
    };
    const body = completeBody(parts);
    const asked = { operation: 'CompleteMultipartUpload', key, query: { uploadId }, headers, body } as const;
    const { result, headers: answer } = await send(this.side, 'other', asked, { writes: true });
    tellVersion(this.side.observer, key, answer['x-amz-version-id']);
    return result.eTag;
  }

  async abort(key: string, uploadId: string): Promise<void> {
    try {
      await send(this.side, 'other', { operation: 'AbortMultipartUpload', key, query: { uploadId } });
    } catch (error) {
      if (!isUploadGone(error)) throw error;
    }
  }
}

type ShownPart = Results['ListParts']['parts'][number];

function toUploaded(part: ShownPart): UploadedPart {
  return { part: part.partNumber, sizeBytes: part.body.length, eTag: part.eTag, checksums: checksumsOf(part) };
}

function checksumsOf({ checksum }: ShownPart): Record<string, string> {
  return checksum?.value === undefined ? {} : { [checksum.algorithm]: checksum.value };
}

function isUploadGone(error: unknown): boolean {
  return error instanceof StoreError && error.reason === 'upload-ended';
}
