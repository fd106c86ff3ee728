/** What became of a mirror of every kind of key and object on a server. */
export interface Found {
  /** What the server does not take, or does not give back. */
  readonly refused: readonly string[];
  /** What it keeps, but lists out of UTF-8 order, which ends a run. */
  readonly outOfOrder: readonly string[];
  readonly lock: 'destination' | 'reports';
  readonly lacks: readonly string[];
  readonly plan: string;
  readonly run: string;
  readonly orphansLeft: number;
  /** What differs of copies from their sources, by key. */
  readonly differs: Readonly<Record<string, readonly string[]>>;
  /** What a run after that copies and deletes, by `compare`. */
  readonly later: Readonly<Record<string, number | string>>;
}

/** What became of a bucket that was moved from one server to another. */
export interface Migrated {
  /** Kinds of objects that the source keeps. */
  readonly objects: number;
  readonly lacks: readonly string[];
  readonly run: string;
  readonly orphansLeft: number;
  /** What differs of copies from their sources, by key. */
  readonly differs: Readonly<Record<string, readonly string[]>>;
  /** What the next run copies and deletes, by metadata. */
  readonly second: number | string;
}

/** What every server has to come to, but for what is known of it. */
const WHOLE: Found = {
  refused: [],
  outOfOrder: [],
  lock: 'destination',
  lacks: [],
  plan: 'exact',
  run: 'succeeded',
  orphansLeft: 0,
  differs: {},
  later: { auto: 0, etag: 0, metadata: 0, checksum: 0 },
};

/** A run that fails for some keys fails in the same way each time. */
const failing = (objects: number): Pick<Found, 'run' | 'later'> => ({
  run: `SyncIncompleteError: ${objects} object${objects === 1 ? '' : 's'} could not be copied; all others were. The report says why for each key`,
  later: {
    auto: 'SyncIncompleteError',
    etag: 'SyncIncompleteError',
    metadata: 'SyncIncompleteError',
    checksum: 'SyncIncompleteError',
  },
});

const missing = (...keys: readonly string[]) => Object.fromEntries(keys.map((key) => [key, ['NotFound']]));

const LONG = ['1,024 bytes of one', '1,024 bytes of two each', '1,024 bytes of four each'];
/** What XML cannot hold, of a server that does not encode keys. */
const NOT_IN_XML = [
  'a start of heading (U+0001)',
  'a unit separator (U+001F)',
  'a replacement character (U+FFFD)',
  'a noncharacter (U+FFFF)',
];
/** What no path of files can have. */
const NO_PATH = [
  'two slashes',
  'a slash at the start',
  'two slashes at the start',
  'a slash at the end',
  'two slashes at the end',
  'nothing but a slash',
  'a dot segment',
  'a dot-dot segment',
  'a dot-dot segment at the start',
  'a dot-dot segment at the end',
  'nothing but a dot',
];

/** It sorts by the units of UTF-16. */
const IN_UTF_16 = ['a private use character (U+E000)', 'a replacement character (U+FFFD)', 'a byte order mark'];

/** Of objects in parts, whose number the server does not tell, so that they are copied in one piece. */
const IN_ONE_PIECE = {
  'kinds/one-part': ['etag'],
  'kinds/parts': ['etag'],
  'kinds/parts-with-all': ['etag'],
  'kinds/parts-with-checksum': ['etag'],
};

/** With files beside memory, and with headers that it does not know. */
const S3PROXY = {
  refused: [...NO_PATH, 'kinds/tags', 'kinds/parts-with-tags'],
  outOfOrder: IN_UTF_16,
  // It keeps no Expires and no storage class of copies, has no tags, and does not tell parts.
  lacks: ['header:expires', 'parts', 'storageClasses', 'tagging'],
  differs: { 'kinds/expires': ['expires'], 'kinds/class': ['storageClass'], ...IN_ONE_PIECE },
  later: { auto: 0, etag: 4, metadata: 0, checksum: 0 },
} satisfies Partial<Found>;

/** Each with the reason, which is a fault of the server. */
const KNOWN: Readonly<Record<string, Partial<Found>>> = {
  versitygw: {
    // It keeps objects as files. It sends keys as XML text.
    refused: [...NO_PATH, ...NOT_IN_XML, ...LONG],
    // Each part that is copied gets the checksum of the whole source. CopyObject takes an empty folder object for one with content.
    // It also takes what looks like a version id in a key for one.
    lacks: ['emptyCopies', 'listEncoding', 'someCopies', 'uploadChecksums'],
  },
  gofakes3: {
    // It does not know ?tagging, and has a limit of its own for metadata.
    refused: ['kinds/much-metadata', 'kinds/tags', ...NOT_IN_XML],
    // It keeps few headers of an upload, so its copies lack no other ones.
    lacks: [
      'header:cacheControl',
      'header:contentLanguage',
      'header:expires',
      'listEncoding',
      'listedClasses',
      'tagReads',
    ],
    // It counts the name of the source as metadata, so long ones are too large.
    ...failing(2),
    differs: { ...missing('é'.repeat(512), '\u{1f600}'.repeat(256)) },
  },
  s3rver: {
    refused: [
      ...NO_PATH.filter((name) => !/at the end|but a dot/.test(name)),
      'two slashes at the end',
      'a carriage return',
      'carriage return and line feed',
      'a replacement character (U+FFFD)',
      ...LONG,
    ],
    // It lists as the names of its files are sorted, which go on behind the key.
    outOfOrder: ['kinds/metadata', 'kinds/parts', 'a plus', 'a dot-dot segment at the end'],
    // It knows no conditions of writes.
    lock: 'reports',
    // Its lists say STANDARD. It reads a URL-encoded x-amz-copy-source in a way of its own, and does not copy tags.
    lacks: ['copiedTags', 'listEncoding', 'listedClasses', 'someCopies'],
    differs: { 'kinds/tags': ['tags'], 'kinds/parts-with-tags': ['tags'] },
  },
  moto: {
    // It routes by a pattern that ends at a line break.
    refused: ['a line feed', 'a line feed at the end', 'carriage return and line feed'],
  },
  s3mock: {
    // Its web server refuses it. It makes another checksum of checksums of parts than the SDK.
    refused: ['a backslash', 'kinds/parts-with-checksum'],
    outOfOrder: IN_UTF_16,
    // It answers GetObjectTagging with nothing if an object has no tags, and does not tell parts.
    lacks: ['tagReads'],
    // CopyObject takes what looks like a version id in a key for one.
    ...failing(1),
    differs: {
      'kinds/one-part': ['etag'],
      'kinds/parts': ['etag'],
      'kinds/parts-with-all': ['etag'],
      'kinds/parts-with-tags': ['etag'],
      ...missing('a?versionId=b'),
    },
  },
  s3proxy: {
    ...S3PROXY,
    refused: [...S3PROXY.refused, 'kinds/redirect'],
    lacks: ['annotations', 'archiveStatus', ...S3PROXY.lacks],
  },
  's3proxy-lenient': S3PROXY,
  fauxqs: {
    refused: [
      'kinds/tags',
      'a delete character (U+007F)',
      'a carriage return',
      'carriage return and line feed',
      'a replacement character (U+FFFD)',
      'a zero-width space',
    ],
    // It sorts as a dictionary does.
    outOfOrder: [
      'a percent sign',
      'two slashes',
      'a dot segment',
      'a dot-dot segment',
      'a dot-dot segment at the end',
      'a start of heading (U+0001)',
      'a unit separator (U+001F)',
      'a next line (U+0085)',
      'a single quote',
      'an ampersand',
      'a character reference',
      'the end of a CDATA section',
      'a question mark',
      'what looks like a version id',
      'a semicolon',
      'a colon and an at sign',
      'a comma and a dollar sign',
      'a tilde',
      'a backslash',
      'a name of a JavaScript property',
      'an emoji joined from several',
      'a private use character (U+E000)',
      'Chinese',
      'the same accent, decomposed',
      'a byte order mark',
      'a line separator (U+2028)',
      '1,024 bytes of two each',
      '1,024 bytes of four each',
    ],
    // It knows no conditions of writes.
    lock: 'reports',
    // It answers GetObjectTagging with the object.
    lacks: ['listEncoding', 'tagReads'],
    differs: IN_ONE_PIECE,
    later: { auto: 0, etag: 4, metadata: 0, checksum: 0 },
  },
  seaweedfs: {
    // It keeps objects as files, and takes a backslash for a slash.
    refused: [...NO_PATH, 'a backslash', ...LONG],
    // CopyObject takes a folder object for a folder.
    lacks: ['emptyCopies'],
  },
  minio: {
    // It keeps objects as files. It knows no storage class but STANDARD and REDUCED_REDUNDANCY.
    refused: [...NO_PATH.filter((name) => name !== 'a slash at the end'), ...LONG, 'kinds/class'],
    // CopyObject loses Expires, unless it is sent again.
    lacks: ['copiedHeaders'],
  },
};

/** From one server to another, each with the reason. */
const MIGRATIONS: Readonly<Record<string, Partial<Migrated>>> = {
  's3rver to fauxqs': {
    objects: 16,
    // It answers GetObjectTagging with the object, and keeps neither Expires nor redirects.
    lacks: ['copiedTags', 'header:expires', 'header:websiteRedirect', 'listedClasses', 'storageClasses'],
    differs: {
      'kinds/class': ['storageClass'],
      'kinds/expires': ['expires'],
      'kinds/parts-with-tags': ['tags'],
      'kinds/redirect': ['redirect'],
      'kinds/tags': ['tags'],
    },
  },
  'fauxqs to s3rver': {
    objects: 16,
    // The source does not tell parts.
    differs: {
      'kinds/one-part': ['etag'],
      'kinds/parts-with-all': ['etag'],
      'kinds/parts-with-checksum': ['etag'],
    },
  },
  'versitygw to gofakes3': {
    // It keeps few headers, no tags, and has a limit of its own for metadata.
    lacks: ['copiedTags', 'header:cacheControl', 'header:contentLanguage', 'header:expires'],
    run: failing(1).run,
    second: 'SyncIncompleteError',
    differs: {
      'kinds/expires': ['expires'],
      'kinds/headers': ['cacheControl', 'contentLanguage'],
      'kinds/much-metadata': ['NotFound'],
      'kinds/one-part': ['etag'],
      'kinds/parts': ['etag'],
      'kinds/parts-with-all': ['etag', 'cacheControl'],
      'kinds/parts-with-checksum': ['etag'],
      'kinds/parts-with-tags': ['etag', 'tags'],
      'kinds/tags': ['tags'],
    },
  },
  'gofakes3 to versitygw': {
    objects: 17,
    lacks: ['listedClasses', 'storageClasses'],
    // The destination has no storage classes. The source shows no Content-Type of uploads in parts, and the destination guesses one.
    differs: {
      'kinds/class': ['storageClass'],
      'kinds/folder/': ['contentType'],
      'kinds/one-part': ['contentType'],
      'kinds/parts': ['contentType'],
      'kinds/parts-with-checksum': ['contentType'],
    },
  },
};

export function migrationOf(name: string): Migrated {
  return { objects: 18, lacks: [], run: 'succeeded', orphansLeft: 0, differs: {}, second: 0, ...MIGRATIONS[name] };
}

export function expectedOf(server: string): Found {
  const found = { ...WHOLE, ...KNOWN[server] };
  return { ...found, refused: inOrder(found.refused) };
}

/** The order does not matter. */
export function inOrder(names: readonly string[]): string[] {
  return [...names].sort();
}
