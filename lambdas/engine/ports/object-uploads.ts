import type { ChecksumKind, ObjectAttributes, Tag } from './bucket-reader';

/** What the destination must hold when a copy is written: an object with this ETag, or no object. */
export type WriteCondition = { readonly eTag: string } | 'absent';

export interface UploadRequest {
  readonly key: string;
  readonly attributes: ObjectAttributes;
  readonly tags: readonly Tag[];
  readonly storageClass: string;
  /** It is that of the source, so a server that refuses storage classes may choose another one. */
  readonly keepsClass?: boolean;
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
  /** Inclusive; absent = the whole source object. */
  readonly bytes?: { readonly first: number; readonly last: number };
  /** The source has a part with this number and these bytes. The copied part must have the same checksum. */
  readonly checksum?: string;
}

export interface UploadedPart {
  readonly part: number;
  readonly sizeBytes: number;
  readonly eTag: string;
  readonly checksums: Readonly<Record<string, string>>;
  /** Of the bytes that were sent, if they went through this machine. */
  readonly md5?: string;
}

export interface CompleteRequest {
  readonly key: string;
  readonly uploadId: string;
  readonly parts: readonly UploadedPart[];
  readonly sizeBytes: number;
  readonly checksum?: ChecksumKind;
  /** Of the whole content, by algorithm. S3 completes the upload only if they are right. */
  readonly checksums?: Readonly<Record<string, string>>;
  readonly destination?: WriteCondition;
}

/** Multipart uploads at the destination, whose parts are copied from the source. */
export interface ObjectUploads {
  /** @returns the upload's id @throws StoreError */
  create(request: UploadRequest): Promise<string>;
  /** @throws StoreError */
  copyPart(request: PartRequest): Promise<UploadedPart>;
  /** The parts that were uploaded; undefined if the upload no longer exists. @throws StoreError */
  listParts(key: string, uploadId: string): Promise<UploadedPart[] | undefined>;
  /**
   * @returns the object's ETag, if S3 tells it
   * @throws StoreError  `upload-ended` if the upload no longer exists, perhaps because of an attempt whose answer was lost
   */
  complete(request: CompleteRequest): Promise<string | undefined>;
  /** Aborts the upload. It is not an error if the upload no longer exists. @throws StoreError */
  abort(key: string, uploadId: string): Promise<void>;
}

/** When a copy is made in parts, and how large they are. */
export interface MultipartLimits {
  /** Larger objects are copied in parts. S3's CopyObject accepts up to 5 GiB. */
  readonly maxCopyBytes: number;
  /** Bytes of each part, if the source object has no parts. Parts are larger if 10,000 of this size are not enough. */
  readonly partBytes: number;
}
