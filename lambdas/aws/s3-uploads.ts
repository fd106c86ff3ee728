import {
  AbortMultipartUploadCommand,
  type ChecksumAlgorithm,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  ListPartsCommand,
  type StorageClass,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3';
import {
  type CompleteRequest,
  type ObjectUploads,
  type PartRequest,
  StoreError,
  type Tag,
  type UploadedPart,
  type UploadRequest,
} from '../engine/object-store';
import { checksumMembers, readChecksums } from './checksums';
import { encodeCopySource, type SourceSide } from './copy-source';
import { unquote } from './list-page';
import { LONG_REQUEST } from './s3-client';
import { toStoreError } from './s3-errors';
import { observed } from './s3-requests';
import type { Side } from './s3-source';
import type { WriteSettings } from './write-settings';

/** Multipart uploads in a bucket, by UploadPartCopy. */
export class S3Uploads implements ObjectUploads {
  constructor(
    private readonly side: Side,
    private readonly source: SourceSide,
    private readonly settings: WriteSettings,
  ) {}

  async create({ key, attributes, tags, storageClass, checksum }: UploadRequest): Promise<string> {
    const command = new CreateMultipartUploadCommand({
      ...this.#object(key),
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
    if (attributes.expires !== undefined) sendAsIs(command, 'expires', attributes.expires);
    const { UploadId } = await this.#send('other', command);
    if (!UploadId) throw toStoreError(new Error('S3 began an upload without an id'));
    return UploadId;
  }

  async copyPart({ key, uploadId, part, sourceETag, sizeBytes, bytes }: PartRequest): Promise<UploadedPart> {
    const command = new UploadPartCopyCommand({
      ...this.#object(key),
      UploadId: uploadId,
      PartNumber: part,
      CopySource: encodeCopySource(this.source, key),
      CopySourceIfMatch: `"${sourceETag}"`,
      CopySourceRange: bytes && `bytes=${bytes.first}-${bytes.last}`,
      ExpectedSourceBucketOwner: this.source.owner,
    });
    const { CopyPartResult = {} } = await this.#send('copy', command, LONG_REQUEST);
    if (!CopyPartResult.ETag) throw toStoreError(new Error('S3 answered a part without an ETag'));
    return { part, sizeBytes, eTag: unquote(CopyPartResult.ETag), checksums: readChecksums(CopyPartResult) };
  }

  async listParts(key: string, uploadId: string): Promise<UploadedPart[] | undefined> {
    const parts: UploadedPart[] = [];
    let marker: string | undefined;
    try {
      do {
        const page: Answers = await this.#send(
          'other',
          new ListPartsCommand({ ...this.#object(key), UploadId: uploadId, PartNumberMarker: marker }),
        );
        parts.push(...(page.Parts ?? []).map(readPart));
        // The SDK's paginator goes by the marker alone, which the last page has too.
        marker = page.IsTruncated ? page.NextPartNumberMarker : undefined;
      } while (marker !== undefined);
      return parts;
    } catch (error) {
      if (isUploadGone(error)) return undefined;
      throw error;
    }
  }

  async complete({ key, uploadId, parts, sizeBytes, checksum, destination }: CompleteRequest): Promise<void> {
    const Parts = [...parts]
      .sort((a, b) => a.part - b.part)
      .map(({ part, eTag, checksums }) => ({ PartNumber: part, ETag: `"${eTag}"`, ...checksumMembers(checksums) }));
    const command = new CompleteMultipartUploadCommand({
      ...this.#object(key),
      UploadId: uploadId,
      MultipartUpload: { Parts },
      MpuObjectSize: sizeBytes,
      ChecksumType: checksum?.type,
      ...(destination === 'absent' && { IfNoneMatch: '*' }),
      ...(typeof destination === 'object' && { IfMatch: `"${destination.eTag}"` }),
    });
    await this.#send('other', command, LONG_REQUEST);
  }

  async abort(key: string, uploadId: string): Promise<void> {
    try {
      await this.#send('other', new AbortMultipartUploadCommand({ ...this.#object(key), UploadId: uploadId }));
    } catch (error) {
      if (!isUploadGone(error)) throw error;
    }
  }

  #object(key: string) {
    const { bucket, prefix, owner } = this.side;
    return { Bucket: bucket, Key: `${prefix}${key}`, ExpectedBucketOwner: owner };
  }

  async #send(kind: 'copy' | 'other', command: object, options = {}): Promise<Answers> {
    const { client, observer } = this.side;
    try {
      return await observed<Answers & { $metadata?: object }>(kind, observer, () =>
        client.send(command as never, options),
      );
    } catch (error) {
      throw toStoreError(error);
    }
  }
}

/** What the commands above answer, as far as it is read here. */
interface Answers {
  readonly UploadId?: string;
  readonly CopyPartResult?: { readonly ETag?: string };
  readonly Parts?: readonly ListedPart[];
  readonly IsTruncated?: boolean;
  readonly NextPartNumberMarker?: string;
}

interface ListedPart {
  readonly PartNumber?: number;
  readonly ETag?: string;
  readonly Size?: number;
}

function readPart(found: ListedPart): UploadedPart {
  const { PartNumber = 0, ETag = '', Size = 0 } = found;
  return { part: PartNumber, sizeBytes: Size, eTag: unquote(ETag), checksums: readChecksums(found) };
}

function isUploadGone(error: unknown): boolean {
  return error instanceof StoreError && error.reason === 'upload-ended';
}

function encodeTags(tags: readonly Tag[]): string {
  return tags.map(({ name, value }) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`).join('&');
}

/** The SDK would make a date of `Expires`; S3 keeps the header's text, whatever it is. */
function sendAsIs(command: CreateMultipartUploadCommand, header: string, value: string): void {
  command.middlewareStack.add(
    (next) => (args) => {
      (args.request as { headers: Record<string, string> }).headers[header] = value;
      return next(args);
    },
    { step: 'build' },
  );
}
