import type { ChecksumKind, ObjectAttributes, Tag } from './bucket-reader';
import type { CopyRequest } from './bucket-writer';

export interface UploadRequest {
  readonly key: string;
  readonly attributes: ObjectAttributes;
  readonly tags: readonly Tag[];
  readonly storageClass: string;
  readonly checksum?: ChecksumKind;
}

export interface PartRequest {
  readonly key: string;
  readonly uploadId: string;
  /** 1 to 10,000. */
  readonly part: number;
  /** The part is copied only of this version of the source. */
  readonly sourceETag: string;
  readonly sizeBytes: number;
  /** Inclusive; absent = the whole source. */
  readonly bytes?: { readonly first: number; readonly last: number };
  /** The source has a part of this number and these bytes, with a checksum of its own, which the copy has to have as well. */
  readonly checksum?: string;
}

export interface UploadedPart {
  readonly part: number;
  readonly sizeBytes: number;
  readonly eTag: string;
  readonly checksums: Readonly<Record<string, string>>;
  /** Of what was sent, if it went through this machine. */
  readonly md5?: string;
}

export interface CompleteRequest {
  readonly key: string;
  readonly uploadId: string;
  readonly parts: readonly UploadedPart[];
  readonly sizeBytes: number;
  readonly checksum?: ChecksumKind;
  /** Of the whole content, by algorithm: S3 completes nothing else. */
  readonly checksums?: Readonly<Record<string, string>>;
  readonly destination?: CopyRequest['destination'];
}

/** Multipart uploads at the destination, whose parts are copied from the source. */
export interface ObjectUploads {
  /** @returns the upload's id @throws StoreError */
  create(request: UploadRequest): Promise<string>;
  /** @throws StoreError */
  copyPart(request: PartRequest): Promise<UploadedPart>;
  /** The parts that are there already; none where the upload is gone. @throws StoreError */
  listParts(key: string, uploadId: string): Promise<UploadedPart[] | undefined>;
  /**
   * @returns the object's ETag, if S3 tells it
   * @throws StoreError  `upload-ended` where the upload is gone, be it that an attempt before was heard and not answered
   */
  complete(request: CompleteRequest): Promise<string | undefined>;
  /** Throws away what was uploaded; it is fine if nothing is left of it. @throws StoreError */
  abort(key: string, uploadId: string): Promise<void>;
}

/** When a copy is made in parts, and how large they are. */
export interface MultipartLimits {
  /** Larger objects are copied in parts; S3's CopyObject takes 5 GiB. */
  readonly maxCopyBytes: number;
  /** Bytes of a part of an object that has no parts of its own; more where 10,000 of them would not do. */
  readonly partBytes: number;
}
