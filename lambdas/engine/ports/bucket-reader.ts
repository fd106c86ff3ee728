/** An object as a list page shows it. Its key is relative: without the prefix of its side. */
export interface ListedObject {
  readonly key: string;
  readonly sizeBytes: number;
  /** Without quotes. */
  readonly eTag: string;
  /** Milliseconds since 1970; S3 keeps whole seconds. */
  readonly lastModified: number;
  readonly storageClass: string;
  /** In an archive class and not restored: it cannot be read, so it cannot be copied. */
  readonly archived: boolean;
  /** S3 restores it at the moment; only of what is archived. */
  readonly restoring?: boolean;
  /** The checksum that S3 keeps of it; absent on objects of before 2025. */
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
  /** `next` of the page before. */
  readonly continuation?: string;
  /** Only keys that begin with this. */
  readonly keyPrefix?: string;
  /** 1 to 1,000; absent = as many as S3 gives. */
  readonly maxKeys?: number;
}

/** What HeadObject says beyond the list page. */
export interface ObjectHead {
  readonly sizeBytes: number;
  readonly eTag: string;
  readonly lastModified: number;
  readonly storageClass: string;
  readonly attributes: ObjectAttributes;
  /** Encrypted with a KMS key or the customer's own: the ETag says nothing about the content. */
  readonly opaqueETag: boolean;
  /** Full-object checksums by algorithm; only where they were asked for. */
  readonly checksums: Readonly<Record<string, string>>;
  /** Checksums of the parts' checksums, likewise. */
  readonly composites?: Readonly<Record<string, string>>;
  readonly tagCount: number;
  /** Of the KMS key that encrypts the object, if one does: its ARN. */
  readonly kmsKeyId?: string;
}

/** What HeadObject says of one part. */
export interface PartHead {
  readonly sizeBytes: number;
  /** How many parts the object was uploaded in; absent where it was not uploaded in parts. */
  readonly partsCount?: number;
  /** Of this part alone; only where they were asked for, and S3 tells them. */
  readonly checksums?: Readonly<Record<string, string>>;
}

export interface Tag {
  readonly name: string;
  readonly value: string;
}

/** What belongs to an object besides its bytes and can be compared. */
export interface ObjectAttributes {
  readonly contentType?: string;
  readonly cacheControl?: string;
  readonly contentDisposition?: string;
  readonly contentEncoding?: string;
  readonly contentLanguage?: string;
  readonly expires?: string;
  readonly websiteRedirect?: string;
  readonly metadata: Readonly<Record<string, string>>;
  /** Entries of user metadata that no HTTP header can show; only CopyObject carries them over. */
  readonly hiddenMetadata?: number;
}

/** Reads a bucket: the source, or the destination. All keys are relative. */
export interface BucketReader {
  /** @throws ListingError  S3 did not answer after the SDK's retries, or answered with something else than a list page */
  listPage(request: PageRequest): Promise<ObjectPage>;
  /** @throws StoreError */
  headObject(key: string, options?: { readonly checksums: boolean }): Promise<ObjectHead>;
  /** @param part  1 or more @throws StoreError  `changed` where the object has no such part */
  headPart(key: string, part: number, options?: { readonly checksums: boolean }): Promise<PartHead>;
  /**
   * Bytes of each part, in order; undefined where S3 does not tell, which it does only of parts with a checksum of their
   * own, or where the object is not that version any more. @throws StoreError
   */
  listPartSizes(version: { readonly key: string; readonly eTag: string }): Promise<number[] | undefined>;
  /** @throws StoreError  an `UnsupportedError` if the server does not tell */
  readTags(key: string): Promise<Tag[]>;
}

/** What S3 made of the wish to restore an object: it begins now, it was under way, or there is nothing left to restore. */
export type RestoreState = 'begun' | 'under way' | 'restored';

export interface RestoreRequest {
  readonly key: string;
  readonly tier: 'Bulk' | 'Standard' | 'Expedited';
  /** undefined: of a class that brings objects back for good. */
  readonly days: number | undefined;
}

/** Reads the source, and asks S3 to restore its archived objects. */
export interface RestorableSource extends BucketReader {
  /** Changes nothing but that the object can be read for some days. @throws StoreError */
  restoreObject(request: RestoreRequest): Promise<RestoreState>;
}
