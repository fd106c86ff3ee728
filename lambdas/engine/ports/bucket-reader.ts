/** An object as a list page shows it. Its key is relative: without the prefix of its side. */
export interface ListedObject {
  readonly key: string;
  readonly sizeBytes: number;
  /** Without quotes. */
  readonly eTag: string;
  /** Milliseconds since 1970; S3 keeps whole seconds. */
  readonly lastModified: number;
  readonly storageClass: string;
  /** The list page has no storage class for it, so `storageClass` is a guess. Only servers other than AWS leave it out. */
  readonly isClassUnlisted?: boolean | undefined;
  /** The object is in an archive class and not restored, so it can be neither read nor copied. */
  readonly archived: boolean;
  /** S3 is restoring the archived object. */
  readonly restoring?: boolean;
  /** Only for a former version that an undo brings back. */
  readonly versionId?: string | undefined;
  /** The checksum that S3 keeps; absent for objects from before 2025. */
  readonly checksum?: ChecksumKind;
}

export interface ChecksumKind {
  /** `CRC64NVME`, `SHA256`, … */
  readonly algorithm: string;
  /** Of the whole content, or of its parts' checksums. */
  readonly type: 'FULL_OBJECT' | 'COMPOSITE';
}

/** One ListObjectsV2 answer. */
export interface ObjectPage {
  readonly objects: readonly ListedObject[];
  /** Where the next page begins; absent = this page ends the listing. */
  readonly next?: string;
}

export interface PageRequest {
  /** Exclusive; for the first page of a range. */
  readonly startAfter?: string;
  /** `next` of the previous page. */
  readonly continuation?: string;
  /** Only keys that begin with this. */
  readonly keyPrefix?: string;
  /** 1 to 1,000; absent = as many as S3 returns. */
  readonly maxKeys?: number;
}

/** What HeadObject shows in addition to the list page. */
export interface ObjectHead {
  readonly sizeBytes: number;
  /** The answer has no Content-Length, as some proxies leave it out: `sizeBytes` says nothing. */
  readonly isSizeHidden?: true;
  readonly eTag: string;
  readonly lastModified: number;
  readonly storageClass: string;
  /** As in a list page. */
  readonly archived: boolean;
  /** As in a list page. */
  readonly restoring?: boolean;
  readonly attributes: ObjectAttributes;
  /** The object is encrypted with a KMS key or a customer key, so its ETag says nothing about the content. */
  readonly opaqueETag: boolean;
  /** Full-object checksums by algorithm; empty unless they were requested. */
  readonly checksums: Readonly<Record<string, string>>;
  /** Checksums of the parts' checksums by algorithm. */
  readonly composites?: Readonly<Record<string, string>>;
  readonly tagCount: number;
  /** Only in buckets that keep versions. */
  readonly versionId?: string | undefined;
  /** The ARN of the KMS key that encrypts the object, if there is one. */
  readonly kmsKeyId?: string;
}

/** What HeadObject shows of one part. */
export interface PartHead {
  readonly sizeBytes: number;
  /** In how many parts the object was uploaded; absent if it was not uploaded in parts. */
  readonly partsCount?: number;
  /** Checksums of this part alone, if they were requested and S3 shows them. */
  readonly checksums?: Readonly<Record<string, string>>;
}

export interface Tag {
  readonly name: string;
  readonly value: string;
}

/** Everything of an object, besides its content, that can be compared. */
export interface ObjectAttributes {
  readonly contentType?: string;
  readonly cacheControl?: string;
  readonly contentDisposition?: string;
  readonly contentEncoding?: string;
  readonly contentLanguage?: string;
  readonly expires?: string;
  readonly websiteRedirect?: string;
  readonly metadata: Readonly<Record<string, string>>;
  /** How many entries of user metadata no HTTP header can show. Only CopyObject copies such entries. */
  readonly hiddenMetadata?: number;
}

/** Reads a bucket: the source, or the destination. All keys are relative. */
export interface BucketReader {
  /** @throws ListingError  S3 did not answer after all retries, or the answer is not a list page */
  listPage(request: PageRequest): Promise<ObjectPage>;
  /** @throws StoreError */
  headObject(key: string, options?: { readonly checksums: boolean }): Promise<ObjectHead>;
  /** @param part  1 or more @throws StoreError  `changed` if the object has no such part */
  headPart(key: string, part: number, options?: { readonly checksums: boolean }): Promise<PartHead>;
  /**
   * Bytes of each part, in order. Undefined if the object is another version by now, or if S3 does not tell: it tells only if the
   * parts have checksums of their own. @throws StoreError
   */
  listPartSizes(version: { readonly key: string; readonly eTag: string }): Promise<number[] | undefined>;
  /** @throws StoreError  an `UnsupportedError` if the server does not show tags */
  readTags(key: string): Promise<Tag[]>;
  /** The number of tags that the server shows; 0 if it shows none of any object. @throws StoreError */
  countTags(key: string): Promise<number>;
}

/** What a request to restore an object found: it begins now, it is already under way, or the object is already restored. */
export type RestoreState = 'begun' | 'under way' | 'restored';

export interface RestoreRequest {
  readonly key: string;
  readonly tier: 'Bulk' | 'Standard' | 'Expedited';
  /** undefined: the class restores objects for ever. */
  readonly days: number | undefined;
}

/** Reads the source, and asks S3 to restore its archived objects. */
export interface RestorableSource extends BucketReader {
  /** Makes the object readable for some days. Nothing else changes. @throws StoreError */
  restoreObject(request: RestoreRequest): Promise<RestoreState>;
}
