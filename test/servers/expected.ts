/** What became of a mirror of every kind of key and object on a server. */
export interface Found {
  readonly plan: string;
  readonly run: string;
  readonly orphansLeft: number;
  /** Keys of copies that are not the same as their sources. */
  readonly differs: readonly string[];
  /** What a run after that copies and deletes, by `compare`. */
  readonly later: Readonly<Record<string, number | string>>;
}

/** What every server has to come to, but for what is known of it. */
const WHOLE: Found = {
  plan: 'exact',
  run: 'succeeded',
  orphansLeft: 0,
  differs: [],
  later: { auto: 0, etag: 0, metadata: 0, checksum: 0 },
};

const TWO_FAILED =
  'SyncIncompleteError: 2 objects could not be copied; all others were. The report says why for each key; run it again once the reasons are gone';

/** With the reason. */
const KNOWN: Readonly<Record<string, Partial<Found>>> = {
  // Its CopyObject takes an empty folder object for one with content, and what looks like a version id in a key for one.
  versitygw: {
    run: TWO_FAILED,
    differs: ['folder/', 'keys/a?versionId=b'],
    later: {
      auto: 'SyncIncompleteError',
      etag: 'SyncIncompleteError',
      metadata: 'SyncIncompleteError',
      checksum: 'SyncIncompleteError',
    },
  },
};

export function expectedOf(server: string): Found {
  return { ...WHOLE, ...KNOWN[server] };
}
