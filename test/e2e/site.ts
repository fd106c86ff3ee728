import { awkwardKeys } from '../local/s3/awkward-keys';

const OBJECTS = 3_000;
const MIN_PART_BYTES = 5 * 1024 * 1024;
const MAX_KEY_BYTES = 1024;

/** An object as the suite puts it. */
export interface SiteObject {
  /** Relative to the mirrored folder. */
  readonly key: string;
  readonly content: string;
  /** Put in parts: the content, repeated until every part but the last has the smallest size that S3 takes. */
  readonly parts?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly expires?: Date;
  readonly metadata?: Readonly<Record<string, string>>;
  readonly tags?: Readonly<Record<string, string>>;
  readonly storageClass?: 'STANDARD_IA';
  readonly checksum?: 'SHA256';
}

/** A source, a destination that is out of date, and what a mirror that leaves `keep/` alone has to do. */
export interface Site {
  readonly source: readonly SiteObject[];
  readonly destination: readonly SiteObject[];
  readonly exclude: string;
  readonly expected: {
    readonly copied: number;
    readonly unchanged: number;
    /** Left out, by loop. */
    readonly skippedCopies: number;
    readonly skippedDeletes: number;
    readonly deleted: number;
  };
}

/**
 * Objects of every kind of key, content and property, and a destination that lacks every third of them, has
 * another third in an older state and holds orphans.
 *
 * @param folder  what stands before each key in the bucket, so that no key gets too long
 * @param refusedKeys  keys that the server cannot hold
 * @param objects  how many, without those that are left out
 */
export function createSite(folder: string, refusedKeys: RegExp | undefined, objects = OBJECTS): Site {
  const fits = (key: string) => Buffer.byteLength(folder + key) <= MAX_KEY_BYTES && !(refusedKeys?.test(key) ?? false);
  const keys = [...new Set(listKeys(folder, objects))].filter(fits).slice(0, objects);
  const mirrored = keys.map(createObject);
  const orphans = [
    ...awkwardKeys.map(({ key }) => `orphans/${key}`).filter(fits),
    ...Array.from({ length: 1_200 }, (_, index) => `pages/${index % 40}/orphan-${index}`),
  ].map((key) => ({ key, content: `orphan ${key}` }));
  const left = mirrored.filter((_, index) => index % 3 === 1);
  const changed = mirrored.filter((_, index) => index % 3 === 2);
  const kept = ['keep/a', 'keep/b/c'];

  return {
    source: [...mirrored, ...kept.map((key) => ({ key, content: `source ${key}` }))],
    destination: [
      ...left,
      ...changed.map(outdate),
      ...orphans,
      ...kept.map((key) => ({ key, content: `destination ${key}` })),
      { key: 'keep/only-here', content: 'excluded, so not deleted' },
    ],
    exclude: 'keep/**',
    expected: {
      copied: mirrored.length - left.length,
      unchanged: left.length,
      skippedCopies: kept.length,
      skippedDeletes: kept.length + 1,
      deleted: orphans.length,
    },
  };
}

function listKeys(folder: string, objects: number): string[] {
  const awkward = awkwardKeys.map(({ key }) => key);
  const longest = 'k'.repeat(MAX_KEY_BYTES - Buffer.byteLength(folder));
  const plain = Array.from({ length: objects }, (_, index) => `pages/${index % 40}/page-${index}.html`);
  return [
    ...['parts/2', 'parts/3 with space', 'parts/1'],
    ...awkward.map((key) => `parts/1/${key}`),
    ...awkward,
    ...awkward.map((key) => `nested/folder/${key}`),
    ...awkward.map((key) => `${key}/below`),
    longest,
    ...plain,
  ];
}

function createObject(key: string, index: number): SiteObject {
  const parts = Number(/^parts\/(\d)/.exec(key)?.[1] ?? 0);
  return {
    key,
    content: index % 50 === 0 ? '' : `content of ${key}`,
    ...(parts > 0 && { parts, content: `part of ${key}\n` }),
    ...(index % 4 === 0 && { headers: HEADERS }),
    ...(index % 5 === 0 && { metadata: { author: 'a person', index: String(index) } }),
    ...(index % 10 < 2 && { tags: { team: 'web site', 'cost-centre': `${index} + 1` } }),
    ...(index % 25 === 7 && { storageClass: 'STANDARD_IA' as const }),
  };
}

const HEADERS = {
  ContentType: 'text/html; charset=utf-8',
  CacheControl: 'public, max-age=300',
  ContentDisposition: 'inline; filename="page.html"',
  ContentLanguage: 'en, de',
};

/**
 * Of every two objects one keeps its size, so that only the content tells that it changed. Not so one in parts: its ETag
 * tells nothing beside a plain one, and by time the destination is the newer.
 */
function outdate({ key, content, parts }: SiteObject, index: number): SiteObject {
  const sameSize = index % 2 === 0 && parts === undefined;
  return { key, content: sameSize ? content.replace(/^.?/, 'C') : `${content} before` };
}

/** The content of a part. */
export function partOf({ content, parts = 1 }: SiteObject, number: number): Buffer {
  return number < parts ? Buffer.alloc(MIN_PART_BYTES, content) : Buffer.from(content);
}
