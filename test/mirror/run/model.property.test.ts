import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import type { Bucket, ObjectVersion } from '../../../local/s3';
import { COMPARE_STRATEGIES, type SyncInput } from '../../../statemachine/input/sync-input';
import { type Change, changes, kms } from '../../support/arbitrary-changes';
import { randomCases } from '../../support/length';
import { useMemoryMirror } from '../../support/memory-mirror';
import { reportLines } from '../../support/report-lines';

let clock = Date.parse('2026-03-01T00:00:00Z');
const mirror = useMemoryMirror({ now: () => new Date(clock) });

/** All that a copy has to carry over; compared here without any of the engine's code. */
interface Facts {
  readonly size: number;
  readonly content: string;
  readonly attributes: unknown;
  readonly tags: unknown;
  readonly storageClass: string;
}
type Facet = keyof Facts;
const everything: readonly Facet[] = ['size', 'content', 'attributes', 'tags', 'storageClass'];

function factsOf({ body, metadata, websiteRedirect, tags, storageClass }: ObjectVersion): Facts {
  return { size: body.length, content: body.md5(), attributes: { metadata, websiteRedirect }, tags, storageClass };
}

/** An object of the source and what the destination had under its key before the run. */
interface Pair {
  readonly source: ObjectVersion;
  readonly before: ObjectVersion;
}

const isNewer = (a: ObjectVersion, b: ObjectVersion) => a.lastModified.getTime() > b.lastModified.getTime();
const isEncrypted = ({ encryption }: ObjectVersion) => encryption.algorithm !== 'AES256';
const destinationNewer = ({ source, before }: Pair) => isNewer(before, source);

/** What is equal after a run, whatever was done to both sides before it. */
const promises: Record<SyncInput['compare'], (pair: Pair) => readonly Facet[]> = {
  auto: (pair) => ['size', 'content', ...(destinationNewer(pair) ? [] : ['attributes' as const])],
  size: () => ['size'],
  etag: () => ['size', 'content'],
  'size-and-time': ({ source, before }) => (isNewer(source, before) ? everything : ['size']),
  metadata: () => ['size', 'content', 'attributes'],
  checksum: () => ['size', 'content', 'attributes'],
  always: () => everything,
};

/** Where nothing that is promised differs and it copies all the same, because it cannot know. */
const copiesBlindly: Record<SyncInput['compare'], (pair: Pair) => boolean> = {
  auto: (pair) => differentETags(pair) && (isNewer(pair.source, pair.before) || differentAttributes(pair)),
  size: () => false,
  etag: (pair) => differentETags(pair),
  'size-and-time': ({ source, before }) => isNewer(source, before),
  metadata: () => false,
  checksum: () => false,
  always: () => true,
};

/** Seen only if both sides are asked for other reasons. */
function differentAttributes({ source, before }: Pair): boolean {
  return !isDeepStrictEqual(factsOf(source).attributes, factsOf(before).attributes);
}

function differentETags({ source, before }: Pair): boolean {
  return source.eTag !== before.eTag;
}

const encryption = fc.constantFrom(undefined, undefined, kms);
const versioning = fc.constantFrom(undefined, 'Enabled') as fc.Arbitrary<'Enabled' | undefined>;
const bucketOptions = fc.record({ encryption, versioning });
const scenario = fc.record({
  options: fc.record({ source: bucketOptions, destination: bucketOptions }),
  stages: fc.array(changes, { minLength: 1, maxLength: 3 }),
  conditional: fc.boolean(),
  pageSize: fc.integer({ min: 1, max: 8 }),
});

it.each(COMPARE_STRATEGIES)(
  'compare: %s keeps its promises after any changes on both sides, and copies nothing twice',
  async (compare) => {
    await fc.assert(
      fc.asyncProperty(scenario, async ({ options, stages, conditional, pageSize }) => {
        const { source, destination, input } = mirror.createPair(options);
        const sides = { source, destination };
        const run = () => runAndCheck({ ...input, compare, conditional }, sides, pageSize);
        for (const stage of stages) {
          for (const change of stage) make(change, sides);
          await run();
        }
        clock += 2000;
        await run();
        const last = await run();
        if (compare !== 'always') expect(last).toEqual(compare === 'etag' ? neverEqual(sides) : []);
      }),
      randomCases({ quick: 2, full: 10 }),
    );
  },
  3_600_000,
);

type Sides = Readonly<Record<Change['at'], Bucket>>;

function make(change: Change, sides: Sides): void {
  clock += change.afterMs;
  change.apply(sides[change.at], change.key);
}

/** @returns the keys that were copied */
async function runAndCheck(
  input: { compare: SyncInput['compare']; source: string; destination: string; conditional: boolean },
  { source, destination }: Sides,
  pageSize: number,
): Promise<string[]> {
  const before = new Map(objectsOf(destination).map((object) => [object.key, { ...object }]));
  const orphans = [...before.keys()].filter((key) => !source.get(key));

  const summary = await mirror.run({ ...input, allowEmptySource: true }, { pageSize });

  const copied = reportLines(summary, 'actions').flatMap(({ action, key }) => (action === 'copy' ? [key] : []));
  const failures = reportLines(summary, 'failures');
  const failed = failures.map(({ key }) => key);
  expect(failures.filter(({ reason }) => reason !== 'archived')).toEqual([]);
  expect(summary.totals).toMatchObject({ copied: copied.length, failed: failed.length, deleted: orphans.length });
  expect(summary.status).toBe(failed.length === 0 ? 'succeeded' : 'failed');
  expect(objectsOf(destination).filter(({ key }) => !source.get(key))).toEqual([]);
  for (const object of objectsOf(source)) {
    const { key } = object;
    const [was, is] = [before.get(key), destination.get(key)];
    if (failed.includes(key)) expect([isArchived(object), is]).toEqual([true, was]);
    else if (copied.includes(key)) expectCopied(object, is);
    else expectUnchanged({ source: object, before: was as ObjectVersion }, is, input.compare);
    if (copied.includes(key) && was) expectReason({ source: object, before: was }, input.compare);
  }
  return copied.sort();
}

function objectsOf(bucket: Bucket): ObjectVersion[] {
  return [...bucket.index.after('')].flatMap(({ key }) => bucket.get(key) ?? []);
}

function isArchived({ storageClass, restore }: ObjectVersion): boolean {
  return storageClass === 'DEEP_ARCHIVE' && restore === undefined;
}

function expectCopied(source: ObjectVersion, destination: ObjectVersion | undefined): void {
  expect(destination && factsOf(destination)).toEqual(factsOf(source));
  const plain = [source, destination].every((side) => side?.encryption.algorithm === 'AES256');
  if (plain) expect(destination?.eTag).toBe(source.eTag);
}

/** Not a byte of it was touched, and nothing that is promised differs. */
function expectUnchanged(pair: Pair, is: ObjectVersion | undefined, compare: SyncInput['compare']): void {
  expect(is).toEqual(pair.before);
  const promised = promises[compare](pair);
  expect(pick(pair.before, promised)).toEqual(pick(pair.source, promised));
}

function expectReason(pair: Pair, compare: SyncInput['compare']): void {
  if (copiesBlindly[compare](pair)) return;
  const promised = promises[compare](pair);
  expect(pick(pair.before, promised)).not.toEqual(pick(pair.source, promised));
}

function pick(object: ObjectVersion, facets: readonly Facet[]): unknown {
  const facts = factsOf(object);
  return Object.fromEntries(facets.map((facet) => [facet, facts[facet]]));
}

/** What `compare: etag` copies in every run: with a key no copy can have the ETag of its source. */
function neverEqual({ source, destination }: Sides): string[] {
  return objectsOf(source)
    .filter((object) => isEncrypted(object) || isEncrypted(destination.get(object.key) ?? object))
    .filter((object) => !isArchived(object))
    .map(({ key }) => key)
    .sort();
}
