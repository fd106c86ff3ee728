import { createHash } from 'node:crypto';
import { type Body, type Bucket, bytesBody, type PutAttributes, type S3State, syntheticBody } from '../../local/s3';

/** What the two buckets hold before a tool is let loose on them. */
export interface Case {
  readonly title: string;
  readonly size: number;
  /** For a look at whether all works, not at how fast. */
  readonly quickSize: number;
  /** Each tool runs as every night: with its limit of deletes and its check afterwards, if it has them. */
  readonly nightly?: true;
  /** Each tool has run once before, on the same buckets. What that run has left is there, as it is every night. */
  readonly again?: true;
  fill(index: number, source: Bucket, destination: Bucket): void;
}

const MADE = { lastModified: new Date('2025-01-01'), system: { 'content-type': 'text/html' }, user: { team: 'web' } };
const CHANGED = { ...MADE, lastModified: new Date('2025-03-01') };
const MIRRORED = { ...MADE, lastModified: new Date('2025-02-01') };

const PARTS = 32;
const PART_BYTES = 8 * 1024 ** 2; // what the AWS CLI uploads

export const CASES = {
  unchanged: {
    title: 'nothing has changed since the run before',
    size: 200_000,
    quickSize: 2000,
    again: true,
    fill: putOnBoth,
  },
  first: {
    title: 'nothing has changed, and there was no run before',
    size: 200_000,
    quickSize: 2000,
    fill: putOnBoth,
  },
  nightly: {
    title: 'nothing has changed since the run before; few deletes allowed, and a check afterwards',
    size: 100_000,
    quickSize: 2000,
    nightly: true,
    again: true,
    fill: putOnBoth,
  },
  new: {
    title: 'small objects, all new',
    size: 20_000,
    quickSize: 200,
    fill(index, source) {
      put(source, keyOf(index), index, MADE);
    },
  },
  changed: {
    title: '10 % changed, half of them in size',
    size: 100_000,
    quickSize: 2000,
    fill(index, source, destination) {
      put(destination, keyOf(index), index, MIRRORED);
      if (index % 10 !== 0) put(source, keyOf(index), index, MADE);
      else put(source, keyOf(index), index + (index % 20 === 0 ? 1 : 2), CHANGED);
    },
  },
  orphans: {
    title: 'orphans, as many as other objects',
    size: 20_000,
    quickSize: 200,
    fill(index, source, destination) {
      put(source, keyOf(index), index, MADE);
      put(destination, keyOf(index), index, MIRRORED);
      put(destination, `${keyOf(index)}.old`, index, MIRRORED);
    },
  },
  large: {
    title: 'objects of 256 MiB in 32 parts, all new',
    size: 20,
    quickSize: 2,
    fill(index, source) {
      source.put(keyOf(index), ...inParts(syntheticBody(PARTS * PART_BYTES, `large ${index}`, UNDIGESTED)));
    },
  },
} satisfies Record<string, Case>;

/** S3's own work on large contents is none of the bench's. */
const UNDIGESTED = 0;

/** The body as it is after an upload in parts. */
function inParts(body: Body): [Body, PutAttributes] {
  const numbers = Array.from({ length: PARTS }, (_, part) => part);
  const digests = numbers.map((part) => body.slice(part * PART_BYTES, (part + 1) * PART_BYTES).md5());
  const eTag = createHash('md5')
    .update(Buffer.from(digests.join(''), 'hex'))
    .digest('hex');
  const parts = numbers.map((part) => ({ partNumber: part + 1, sizeBytes: PART_BYTES }));
  return [body, { ...MADE, eTag: `${eTag}-${PARTS}`, parts }];
}

export type CaseName = keyof typeof CASES;
export const SOURCE = 'source';
export const DESTINATION = 'destination';

/** Recreates both buckets. */
export function fillBuckets(state: S3State, name: CaseName, objects: number): void {
  const [source, destination] = [state.createBucket(SOURCE), state.createBucket(DESTINATION)];
  const { fill }: Case = CASES[name];
  for (let index = 0; index < objects; index++) fill(index, source, destination);
}

/** A hundred objects in a folder, so that tools that list folder by folder in parallel can do so. */
function keyOf(index: number): string {
  return `site/${String(Math.floor(index / 100)).padStart(6, '0')}/page-${String(index).padStart(9, '0')}.html`;
}

function putOnBoth(index: number, source: Bucket, destination: Bucket): void {
  put(source, keyOf(index), index, MADE);
  put(destination, keyOf(index), index, MIRRORED);
}

interface Content {
  readonly body: Body;
  readonly eTag: string;
}

/** Contents of two sizes in turn: 400 and 800 bytes. */
const CONTENTS: readonly Content[] = Array.from({ length: 1000 }, (_, number) => {
  const body = bytesBody(Buffer.from(`page ${String(number).padStart(3, '0')}`.repeat(number % 2 === 0 ? 50 : 100)));
  return { body, eTag: body.md5() };
});

function put(bucket: Bucket, key: string, content: number, attributes: PutAttributes): void {
  const { body, eTag } = CONTENTS[content % CONTENTS.length] as Content;
  bucket.put(key, body, { ...attributes, eTag });
}
