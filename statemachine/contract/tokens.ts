/** A slice of the relative key space: `after` is exclusive, `until` inclusive; absent = open. */
export interface KeyRange {
  readonly after?: string;
  readonly until?: string;
}

/** A `KeyRange` that still has work, as the state machine carries it. */
export interface ContinuationToken extends KeyRange {
  /** A listing stopped in a stretch of pages without keys. */
  readonly listing?: UnfinishedListing;
}

/**
 * Where listings continue that have found no key after `after` yet, because S3 skips delete markers. These are S3's own
 * tokens. If S3 rejects one, the range is listed from its beginning.
 */
export interface UnfinishedListing {
  /** Token of the side that the loop walks. */
  readonly walked?: string;
  readonly other?: string;
  /** Token of the source, for a delete loop that has not found content there yet. It may delete nothing before it does. */
  readonly content?: string;
  /** Whether `content` began at the source's beginning, and not where an earlier listing had found content. */
  readonly fromStart?: true;
}

/** A multipart upload with the parts of an object that are copied so far. The Task whose tokens hold the key continues it. */
export interface UnfinishedUpload {
  readonly key: string;
  readonly id: string;
  /** ETag of the source's version whose parts are copied. */
  readonly eTag: string;
  /** Parts up to this number have the source's sizes; later ones may not. Absent if no wrong part was found. */
  readonly rightParts?: number;
  /** Size of each part but the last, if the source's own parts are too large for the time of an invocation. */
  readonly partBytes?: number;
}
