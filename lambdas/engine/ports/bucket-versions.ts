import type { ListedObject } from './bucket-reader';

/** A version of a key, or a delete marker, as a list of versions shows it. The key is relative. */
export type KeptVersion = (ListedObject & { readonly versionId: string; readonly deleteMarker?: never }) | DeleteMarker;

export interface DeleteMarker {
  readonly key: string;
  readonly versionId: string;
  /** Milliseconds since 1970. */
  readonly lastModified: number;
  readonly deleteMarker: true;
}

/** Where a page begins: behind this key, or behind this version of the key. */
export interface VersionMarker {
  readonly key: string;
  readonly versionId?: string;
}

export interface VersionsRequest {
  /** Relative keys that begin so. */
  readonly keyPrefix?: string;
  readonly after?: VersionMarker;
}

/** One ListObjectVersions answer. */
export interface VersionsPage {
  /** By key, and the versions of a key from the newest to the oldest. */
  readonly versions: readonly KeptVersion[];
  /** Absent: this page ends the listing. */
  readonly next?: VersionMarker;
}

/** The former versions of a side's objects. */
export interface BucketVersions {
  /** @throws ListingError | AccessDeniedError */
  listVersions(request: VersionsRequest): Promise<VersionsPage>;
}
