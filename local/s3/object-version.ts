import { createHash } from 'node:crypto';
import type { Body } from './body';
import type { Checksum } from './checksums';
import type { Encryption } from './encryption';
import type { Metadata } from './metadata';
import type { Lock } from './object-lock';
import type { Tags } from './tags';

export interface StoredPart {
  readonly partNumber: number;
  readonly sizeBytes: number;
  /** Base64, of the checksum algorithm of the object. */
  readonly checksum?: string;
}

/** A restore of an archived object: requested, or done until `expires`. */
export interface Restore {
  readonly ongoing: boolean;
  readonly expires?: Date;
}

/** One version of an object, or a delete marker. */
export interface ObjectVersion {
  readonly key: string;
  /** `null` if the bucket was not versioned. */
  readonly versionId: string;
  readonly deleteMarker: boolean;
  /** In whole seconds, as S3 keeps it. */
  readonly lastModified: Date;
  /** Without quotes. */
  readonly eTag: string;
  readonly body: Body;
  readonly storageClass: string;
  readonly metadata: Metadata;
  readonly checksum: Checksum;
  readonly encryption: Encryption;
  readonly websiteRedirect?: string;
  /** The canned ACL that it was written with, if the bucket uses ACLs. */
  readonly acl?: string;
  /** Only for objects that were uploaded in parts. */
  readonly parts?: readonly StoredPart[];
  tags: Tags;
  restore?: Restore;
  lock?: Lock;
}

/** What is known of a version before it has an id. */
export type NewVersion = Omit<ObjectVersion, 'versionId' | 'deleteMarker' | 'lastModified'> & {
  readonly deleteMarker?: boolean;
  readonly lastModified?: Date;
};

/** What a request to write says about the new object. */
export type WriteAttributes = Pick<
  NewVersion,
  'metadata' | 'tags' | 'storageClass' | 'encryption' | 'websiteRedirect' | 'acl' | 'lock'
>;

export function isArchiveClass(storageClass: string): boolean {
  return storageClass === 'GLACIER' || storageClass === 'DEEP_ARCHIVE';
}

/** Whether the content can be read only after a restore. */
export function isArchived(version: ObjectVersion): boolean {
  return isArchiveClass(version.storageClass) && (version.restore === undefined || version.restore.ongoing);
}

/** The ETag of an object written in one piece: its MD5, or under KMS another value of the same form. */
export function eTagOf(body: Body, encryption: Encryption): string {
  const md5 = body.md5();
  return encryption.algorithm === 'AES256'
    ? md5
    : createHash('md5').update(`${encryption.algorithm} ${md5}`).digest('hex');
}

export function quoted(eTag: string): string {
  return `"${eTag}"`;
}
export function unquoted(eTag: string): string {
  return eTag.trim().replace(/^(?:W\/)?"?|"$/g, '');
}
