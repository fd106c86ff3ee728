/** All that the model knows of an object: what S3 shows, and the content itself. */
export interface ObjectFacts {
  readonly sizeBytes: number;
  /** Equal exactly where the bytes are. */
  readonly content: string;
  readonly eTag: string;
  /** Last-Modified, in whole seconds since 1970. */
  readonly second: number;
  /** Parts of the upload that made it; 0 = put in one piece. */
  readonly parts: number;
  /** With a KMS key, under which an ETag says nothing about the content. */
  readonly encrypted: boolean;
  /** A checksum of the whole content, as S3 shows it; undefined where S3 keeps only one of the parts' checksums. */
  readonly checksum: string | undefined;
  /** ETag of the object that the run made it a copy of; absent if the run did not make it. */
  readonly copyOf?: string;
  /** Content headers, user metadata and website redirect. */
  readonly headers: string;
  readonly tags: string;
  readonly storageClass: string;
  /** It cannot be read unless it is restored. */
  readonly archived: boolean;
  /** S3 restores it, and has not ended. */
  readonly restoring: boolean;
}

/** A folder: its objects by relative key. */
export type Folder = ReadonlyMap<string, ObjectFacts>;

/** What a copy carries over. */
export type Carried = Pick<ObjectFacts, 'sizeBytes' | 'content' | 'headers' | 'tags' | 'storageClass'>;

/** The order in which S3 lists: by the bytes of UTF-8. */
export function byBytes(one: string, other: string): number {
  return Buffer.compare(Buffer.from(one), Buffer.from(other));
}
