import type { RequestCounters } from '../../../statemachine/contract';
import type { CredentialsExpiredError } from '../../../statemachine/errors';
import type { Lack } from '../../../statemachine/lacks';
import type { KnownLacks } from './known-lacks';
import type { ObjectUploads } from './object-uploads';
import type { Outages } from './outages';

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

export interface CopyRequest {
  readonly key: string;
  /** The copy is made only of this version of the source. */
  readonly sourceETag: string;
  /** Of that version, where it is known. */
  readonly sizeBytes?: number;
  readonly storageClass: string;
  readonly tags: 'copy' | 'ignore';
  readonly websiteRedirect?: string;
  /** Sent anew with the copy, for a server whose own copies lose some. */
  readonly attributes?: ObjectAttributes;
  /** What the destination must hold: this ETag, or nothing at all. */
  readonly destination?: { readonly eTag: string } | 'absent';
}

export interface DeleteRequest {
  readonly key: string;
  /** Delete only what has this ETag. */
  readonly eTag?: string;
}

/** Leaves out what need not be deleted any more. @param attempt  1 or more */
export type ConfirmDeletes = (
  requests: readonly DeleteRequest[],
  attempt: number,
) => Promise<readonly DeleteRequest[]> | readonly DeleteRequest[];

export interface DeleteFailure {
  readonly key: string;
  /** `CredentialsExpiredError`: it was not asked for. */
  readonly error: StoreError | CredentialsExpiredError;
}

/** The side that is read. All keys are relative. */
export interface ObjectSource {
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

/** The side that is read, of which archived objects can be restored. */
export interface RestorableSource extends ObjectSource {
  /** Changes nothing but that the object can be read for some days. @throws StoreError */
  restoreObject(request: RestoreRequest): Promise<RestoreState>;
}

/** The side that is made equal. */
export interface ObjectDestination extends ObjectSource {
  /** Copies one object of the source here. @returns the copy's ETag @throws StoreError */
  copyObject(request: CopyRequest): Promise<string>;
  readonly uploads: ObjectUploads;
  /**
   * Deletes up to 1,000 objects; returns those that S3 did not delete. Of a request that failed these are all.
   *
   * @param confirm  asked before each attempt, which is about what it returns
   */
  deleteObjects(requests: readonly DeleteRequest[], confirm?: ConfirmDeletes): Promise<DeleteFailure[]>;
}

/** Both sides of a run. */
export interface Buckets {
  readonly source: RestorableSource;
  readonly destination: ObjectDestination;
  /** No server reaches both, so each copy goes through this machine. */
  readonly streams?: boolean;
}

/** What a store tells about the requests it makes. */
export interface RequestObserver {
  readonly counters: RequestCounters;
  /** At once for each attempt that S3 turned away, or that failed in a way that another may not. */
  onSlowDown(): void;
  /** S3 has asked KMS for the key of an object. */
  onKmsRequest?(): void;
  /** There could be another attempt, and whoever sent the request makes it: the request has failed. */
  leaveToSender?(): void;
  /** Where it is given, it decides whether a request that has used up its attempts gets more; and is told of each answer. */
  readonly patience?: Outages;
  /** Where it is given, each attempt of each request that writes passes it, but for those that abort an upload. */
  readonly gate?: WriteGate;
  /** Aborted when no list page is wanted any more; it fails then. */
  readonly signal?: AbortSignal;
  /** Aborted when copies that go through this machine have to end where they are; they fail with `StreamStoppedError`. */
  readonly streamSignal?: AbortSignal;
  /** How long a list page may take from now on, in milliseconds; it fails then. */
  listMs?(): number;
  /** What the S3 was found to lack; undefined: it is AWS's own, and lacks nothing. */
  readonly lacks?: KnownLacks | undefined;
}

/** What decides at the last moment whether a request that writes may be sent. */
export interface WriteGate {
  /** Resolves when it may be sent. If it rejects, the request has failed. */
  pass(): Promise<void>;
  /** Asked when the request is about to leave: whether what `pass` had found still holds. If not, it has to pass again. */
  isOpen(): boolean;
}

export type StoreErrorReason =
  | 'gone'
  | 'changed'
  | 'archived'
  | 'access-denied'
  | 'slow-down'
  | 'upload-ended'
  | 'key-unusable'
  | 'hidden-metadata'
  | 'guarded'
  | 'listing-incomplete'
  | 'contradictory'
  | 'wrong-checksum'
  | 'refused';

/** A copy that went through this machine was ended in the middle, since the run or its invocation ends. Nothing was written. */
export class StreamStoppedError extends Error {
  override readonly name = 'StreamStoppedError';
}

/** A request for one object that S3 refused. */
export class StoreError extends Error {
  override readonly name = 'StoreError';

  constructor(
    /** What it means for the object. */
    readonly reason: StoreErrorReason,
    /** S3's own code and message, with what the request can be found by. */
    message: string,
    cause?: unknown,
    /** The same for whoever has to decide; absent where no server said it. */
    readonly said?: { readonly code: string; readonly status?: number },
  ) {
    super(message, { cause });
  }
}

/** The server does not know such requests. There may be another way to the same end. */
export class UnsupportedError extends StoreError {
  constructor(
    message: string,
    cause?: StoreError,
    /** What is to be noted of the server once another way has worked. */
    readonly lack?: Lack,
  ) {
    super('refused', message, cause, cause?.said);
  }
}
