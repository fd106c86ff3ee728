import { type Body, bytesBody } from './body';
import { type Checksum, DEFAULT_CHECKSUM } from './checksums';
import { type Encryption, SSE_S3 } from './encryption';
import { accessDenied, methodNotAllowed, noSuchKey, noSuchVersion } from './errors';
import { DEFAULT_CONTENT_TYPE, type Metadata } from './metadata';
import type { Lock } from './object-lock';
import { checkUnlocked } from './object-lock';
import { eTagOf, type NewVersion, type ObjectVersion, type Restore, type StoredPart } from './object-version';
import { type BucketIndex, OrderedIndex, toByteKey } from './ordered-index';
import { NO_TAGS, type Tags } from './tags';
import type { Upload } from './upload';

export type Versioning = 'Enabled' | 'Suspended';

export interface BucketOptions {
  /** @default the server's region */
  readonly region?: string;
  /** Account id of the owner, compared with the expected-bucket-owner headers. @default the server's account */
  readonly ownerId?: string;
  /** @default never versioned; object lock turns it on */
  readonly versioning?: Versioning;
  readonly objectLock?: boolean;
  /** The encryption of objects if the request does not set it. @default SSE-S3 */
  readonly encryption?: Encryption;
  /** @default 'BucketOwnerEnforced' */
  readonly ownership?: string;
  /** The index document of a bucket that is a website. @default none */
  readonly website?: string;
  /** Actions that are denied, such as `s3:ListBucket` or `kms:Decrypt`; `s3:*` refuses all of S3. */
  readonly deny?: readonly string[];
  /**
   * The requests that a policy denies if they have no condition: see "Enforce conditional writes" of the S3 User Guide.
   * @default nothing
   */
  readonly enforces?: EnforcedConditions;
  /** Whether each request must say that the requester pays, as requests from other accounts must. @default false */
  readonly requesterPays?: boolean;
  /** The header values that a policy requires in requests that create an object. @default nothing */
  readonly demands?: Readonly<Record<string, string>>;
  /** The index that holds the keys. @default in memory */
  readonly index?: BucketIndex;
}

export interface EnforcedConditions {
  /** Headers. A request that creates an object must have one of them. */
  readonly writes?: readonly ('if-match' | 'if-none-match')[];
  /** Whether a delete must name the ETag. */
  readonly deletes?: boolean;
}

/** The attributes of an object that is put directly into a bucket. All others are as for a PutObject without headers. */
export interface PutAttributes {
  readonly lastModified?: Date;
  /** Without quotes. @default the body's MD5 */
  readonly eTag?: string;
  readonly storageClass?: string;
  readonly restore?: Restore;
  /** Headers by lower-case name: `content-type`, `cache-control` and so on. */
  readonly system?: Record<string, string>;
  readonly user?: Record<string, string>;
  readonly tags?: Tags;
  readonly checksum?: Checksum;
  readonly encryption?: Encryption;
  readonly websiteRedirect?: string;
  readonly parts?: readonly StoredPart[];
  readonly lock?: Lock;
}

const PLAIN_METADATA: Metadata = { system: { 'content-type': DEFAULT_CONTENT_TYPE }, user: {} };
const EMPTY_BODY = bytesBody(Buffer.alloc(0));

/** A bucket: its settings, its objects, its uploads. */
export class Bucket {
  readonly region: string;
  readonly ownerId: string;
  readonly created: Date;
  readonly objectLock: boolean;
  readonly index: BucketIndex;
  /** S3 actions that are denied. May be changed at any time. */
  readonly denied: Set<string>;
  readonly enforces: EnforcedConditions;
  readonly requesterPays: boolean;
  readonly demands: Readonly<Record<string, string>>;
  readonly uploads = new Map<string, Upload>();
  versioning: Versioning | undefined;
  encryption: Encryption;
  /** Undefined for a bucket without object ownership settings, which uses ACLs. */
  ownership: string | undefined;
  website: string | undefined;
  /** The text of a policy. The server stores it but does not apply it. */
  policy: string | undefined = undefined;
  /** The rules of a lifecycle configuration, as XML. The server stores them but does not apply them. */
  lifecycle: string | undefined = undefined;

  constructor(
    readonly name: string,
    options: BucketOptions & { region: string; ownerId: string },
    private readonly clock: { now: () => Date; newId: () => string },
  ) {
    this.region = options.region;
    this.ownerId = options.ownerId;
    this.objectLock = options.objectLock ?? false;
    this.versioning = options.versioning ?? (this.objectLock ? 'Enabled' : undefined);
    this.encryption = options.encryption ?? SSE_S3;
    this.ownership = options.ownership ?? 'BucketOwnerEnforced';
    this.website = options.website;
    this.denied = new Set(options.deny);
    this.enforces = options.enforces ?? {};
    this.requesterPays = options.requesterPays ?? false;
    this.demands = options.demands ?? {};
    this.index = options.index ?? new OrderedIndex();
    this.created = wholeSeconds(clock.now());
  }

  /** Puts an object, without a request. */
  put(key: string, content: string | Buffer | Body = '', attributes: PutAttributes = {}): ObjectVersion {
    const body = typeof content === 'string' || Buffer.isBuffer(content) ? bytesBody(Buffer.from(content)) : content;
    const encryption = attributes.encryption ?? this.encryption;
    const { system, user } = attributes;
    return this.add({
      key,
      body,
      eTag: attributes.eTag ?? eTagOf(body, encryption),
      lastModified: attributes.lastModified,
      storageClass: attributes.storageClass ?? 'STANDARD',
      metadata: system || user ? { system: { ...PLAIN_METADATA.system, ...system }, user: user ?? {} } : PLAIN_METADATA,
      tags: attributes.tags ?? NO_TAGS,
      checksum: attributes.checksum ?? { algorithm: DEFAULT_CHECKSUM, type: 'FULL_OBJECT' },
      encryption,
      websiteRedirect: attributes.websiteRedirect,
      parts: attributes.parts,
      restore: attributes.restore,
      lock: attributes.lock,
    });
  }

  /** Makes `content` the current version of its key. */
  add(content: NewVersion): ObjectVersion {
    const version: ObjectVersion = {
      ...content,
      deleteMarker: content.deleteMarker ?? false,
      lastModified: wholeSeconds(content.lastModified ?? this.clock.now()),
      versionId: this.versioning === 'Enabled' ? this.clock.newId() : 'null',
    };
    const record = this.index.get(version.key);
    if (record) {
      const kept = record.versions.filter((older) => older.versionId !== version.versionId);
      record.versions = [version, ...kept];
    } else {
      this.index.set({ key: version.key, byteKey: toByteKey(version.key), versions: [version] });
    }
    return version;
  }

  /** The current version, which may be a delete marker. */
  current(key: string): ObjectVersion | undefined {
    return this.index.get(key)?.versions[0];
  }

  /** The current object, without a request; undefined if there is none. */
  get(key: string): ObjectVersion | undefined {
    const current = this.current(key);
    return current?.deleteMarker ? undefined : current;
  }

  /**
   * The version a request reads.
   *
   * @throws S3Error NoSuchKey or NoSuchVersion; AccessDenied if the caller may not list; MethodNotAllowed for a delete
   * marker's id
   */
  find(key: string, versionId?: string): ObjectVersion {
    const versions = this.index.get(key)?.versions ?? [];
    const version = versionId === undefined ? versions[0] : versions.find((known) => known.versionId === versionId);
    if (version && !version.deleteMarker) return version;
    if (version && versionId !== undefined) {
      throw methodNotAllowed('DeleteMarker', {
        'x-amz-delete-marker': 'true',
        'x-amz-version-id': version.versionId,
        'last-modified': version.lastModified.toUTCString(),
        allow: 'DELETE',
      });
    }
    if (this.denies('s3:ListBucket')) throw accessDenied();
    const error = versionId === undefined ? noSuchKey(key) : noSuchVersion(key, versionId);
    if (version) Object.assign(error.headers, { 'x-amz-delete-marker': 'true', 'x-amz-version-id': version.versionId });
    throw error;
  }

  /**
   * Deletes the object, or hides it behind a delete marker if versions are kept.
   *
   * @returns the delete marker, if one was made
   */
  remove(key: string): ObjectVersion | undefined {
    if (this.versioning === undefined) {
      checkUnlocked(this.current(key)?.lock, this.clock.now(), false);
      this.index.delete(key);
      return undefined;
    }
    return this.add({
      key,
      deleteMarker: true,
      body: EMPTY_BODY,
      eTag: '',
      storageClass: 'STANDARD',
      metadata: PLAIN_METADATA,
      tags: NO_TAGS,
      checksum: { algorithm: DEFAULT_CHECKSUM, type: 'FULL_OBJECT' },
      encryption: SSE_S3,
    });
  }

  /** Deletes one version for good; returns it, or undefined when there was none. */
  removeVersion(key: string, versionId: string, bypassGovernance = false): ObjectVersion | undefined {
    const record = this.index.get(key);
    const version = record?.versions.find((known) => known.versionId === versionId);
    if (record && version) {
      checkUnlocked(version.lock, this.clock.now(), bypassGovernance);
      record.versions = record.versions.filter((known) => known !== version);
      if (record.versions.length === 0) this.index.delete(key);
    }
    return version;
  }

  denies(action: string): boolean {
    return this.denied.has(action) || (action.startsWith('s3:') && this.denied.has('s3:*'));
  }

  /** @throws S3Error AccessDenied */
  authorize(action: string): void {
    if (this.denies(action)) throw accessDenied();
  }
}

function wholeSeconds(date: Date): Date {
  return new Date(Math.floor(date.getTime() / 1000) * 1000);
}
