import {
  type Bucket,
  type ObjectVersion,
  type PutAttributes,
  type RequestHook,
  syntheticBody,
} from '../../../local/s3';
import type { RunSummary, SyncRequest } from '../../../statemachine/contract';
import { openUploads } from '../../support/contents';
import { everyNth } from '../../support/length';
import { type MirrorOptions, useMemoryMirror } from '../../support/memory-mirror';
import { MIB, multipartETag, putInParts } from '../../support/put-in-parts';
import { reportLines } from '../../support/report-lines';

// Each request comes a second after the one before, so that S3's dates tell all that they can.
let clock = Date.parse('2026-03-01T00:00:00Z');
const mirror = useMemoryMirror({ now: () => new Date(clock) });

type Pair = ReturnType<typeof mirror.createPair>;

interface Race {
  readonly what: string;
  /** What both sides hold at first; the object is called `k`. */
  readonly begin: (pair: Pair) => void;
  readonly input?: Partial<SyncRequest>;
}

/** Calls `change` before the request of that number; without, only counts. */
function raceAt(moment: number, change: () => void): { hook: RequestHook; operations: string[] } {
  const operations: string[] = [];
  const hook: RequestHook = ({ operation, bucket }) => {
    clock += 1000;
    if (operations.push(`${operation} ${bucket.replace(/-\d+$/, '')}`) === moment) change();
    return undefined;
  };
  return { hook, operations };
}

async function runWith(hook: RequestHook | undefined, { input }: Pair, more: RunOptions = {}): Promise<RunSummary> {
  mirror.s3.onRequest = hook;
  const summary = await mirror.run({ ...input, allowEmptySource: true, ...more.input }, { around: more.around });
  mirror.s3.onRequest = undefined;
  clock += 60_000;
  return summary;
}

interface RunOptions extends MirrorOptions {
  readonly input?: Partial<SyncRequest>;
}

/** The numbers of all requests that the two loops of an undisturbed run make: before each of them something may change. */
let turn = 0; // so that the tests together reach each moment
async function momentsOf({ begin, input }: Race): Promise<readonly number[]> {
  const pair = mirror.createPair();
  begin(pair);
  const { hook, operations } = raceAt(0, () => {});
  let before = 0;
  const around: MirrorOptions['around'] = (task, _input, invoke) => {
    if (task === 'ValidateInput') return invoke().finally(() => (before = operations.length));
    return invoke();
  };
  expect((await runWith(hook, pair, { input, around })).totals).toMatchObject({ failed: 0 });
  const moments = Array.from({ length: operations.length - before }, (_, index) => before + index + 1);
  expect(moments.length).toBeGreaterThan(3);
  return everyNth(12, moments, turn++);
}

/** All that makes up one version of an object, in one line. */
function versionOf(object: ObjectVersion | undefined): string {
  if (!object) return 'nothing';
  const { eTag, body, metadata, tags, storageClass, websiteRedirect } = object;
  return JSON.stringify([eTag, body.length, body.md5(), metadata, tags, storageClass, websiteRedirect]);
}

// Of more than 64 MiB, so that the embedded S3 need not digest each part.
const layout = [65 * MIB, 66 * MIB, MIB];
const blue: PutAttributes = { user: { team: 'blue' }, tags: [['team', 'blue']] };
const red: PutAttributes = { user: { team: 'red' }, tags: [['team', 'red']] };
const putLarge = (bucket: Bucket, key = 'k', attributes = blue) => putInParts(bucket, key, layout, attributes);

const races: readonly Race[] = [
  { what: 'a small object that is missing', begin: ({ source }) => source.put('k', 'blue', blue) },
  {
    what: 'a small object whose headers are compared',
    begin({ source, destination }) {
      destination.put('k', 'blue', red);
      source.put('k', 'blue', blue);
    },
  },
  {
    what: 'an empty object that redirects',
    begin: ({ source }) => source.put('k', '', { ...blue, websiteRedirect: '/blue' }),
  },
  { what: 'a large object that is missing', begin: ({ source }) => putLarge(source) },
  {
    what: 'a large object that replaces another',
    begin({ source, destination }) {
      putLarge(destination, 'k', red);
      putLarge(source);
      destination.put('orphan', 'x');
    },
    input: { compare: 'metadata' },
  },
];

const changes: readonly (readonly [what: string, change: (source: Bucket) => void])[] = [
  ['is overwritten', (source) => source.put('k', 'another content', red)],
  ['is overwritten in parts', (source) => putInParts(source, 'k', [70 * MIB, 2 * MIB], red)],
  ['is overwritten by as many bytes', overwriteBySameSize],
  ['is overwritten in another storage class', (source) => source.put('k', 'other', { storageClass: 'GLACIER_IR' })],
  ['gets other headers and tags', (source) => rewriteHeaders(source)],
  ['is deleted', (source) => source.remove('k')],
];

function overwriteBySameSize(source: Bucket): void {
  const { body, parts } = source.get('k') ?? fail();
  const other = syntheticBody(body.length, 'another content');
  if (parts) source.put('k', other, { ...red, eTag: multipartETag(other, layout), parts });
  else source.put('k', other, red);
}

/** The same content put again: its ETag stays equal, and nothing but its date tells. */
function rewriteHeaders(source: Bucket, more: PutAttributes = {}): void {
  const { body, eTag, parts, websiteRedirect } = source.get('k') ?? fail();
  const redirect = websiteRedirect && { websiteRedirect: '/red' };
  source.put('k', body, { ...red, eTag, ...(parts && { parts }), ...redirect, ...more });
}

describe.each(races)('while it mirrors $what', (race) => {
  it.each(changes)('copies one whole version, at whatever moment the source %s', async (_what, change) => {
    const moments = await momentsOf(race);
    let reached = 0;
    for (const moment of moments) {
      // Given
      const pair = mirror.createPair();
      race.begin(pair);
      const { source, destination } = pair;
      const versions = [versionOf(destination.get('k')), versionOf(source.get('k'))];

      // When
      const { hook, operations } = raceAt(moment, () => {
        change(source);
        versions.push(versionOf(source.get('k')));
      });
      const summary = await runWith(hook, pair, race);
      if (operations.length < moment) continue; // both loops race, so that a run may take a request less
      reached += 1;

      // Then
      const at = `before request ${moment}, ${operations[moment - 1]}`;
      expect([at, reportLines(summary, 'failures')]).toEqual([at, []]);
      expect(versions).toHaveLength(3);
      expect([at, versions.includes(versionOf(destination.get('k')))]).toEqual([at, true]);
      expect([at, openUploads(destination)]).toEqual([at, []]);

      const again = await runWith(undefined, pair, race);
      expect([at, again.status]).toEqual([at, 'succeeded']);
      expect([at, versionOf(destination.get('k'))]).toEqual([at, versionOf(source.get('k'))]);
    }
    expect(reached).toBeGreaterThanOrEqual(moments.length - 2);
  });

  it('copies one whole version, at whatever moment of the second in which it was put the source gets other headers and tags', async () => {
    for (const moment of await momentsOf(race)) {
      // Given
      const pair = mirror.createPair();
      race.begin(pair);
      const { source, destination } = pair;
      const versions = [versionOf(destination.get('k')), versionOf(source.get('k'))];

      // When
      const { hook, operations } = raceAt(moment, () => {
        rewriteHeaders(source, { lastModified: source.get('k')?.lastModified });
        versions.push(versionOf(source.get('k')));
      });
      const summary = await runWith(hook, pair, race);

      // Then
      const at = `before request ${moment}, ${operations[moment - 1]}`;
      expect([at, reportLines(summary, 'failures')]).toEqual([at, []]);
      expect([at, versions.includes(versionOf(destination.get('k')))]).toEqual([at, true]);
      expect([at, openUploads(destination)]).toEqual([at, []]);
    }
  });

  it.each<[what: string, change: (destination: Bucket) => void]>([
    ['writes', (destination) => destination.put('k', "somebody's")],
    ['deletes', (destination) => destination.remove('k')],
  ])('with `conditional`, copies over nothing that somebody %s at the destination meanwhile', async (what, change) => {
    const conditional = { input: { ...race.input, conditional: true } };
    for (const moment of await momentsOf({ ...race, ...conditional })) {
      // Given
      const pair = mirror.createPair();
      race.begin(pair);
      const { source, destination } = pair;

      // When
      let theirs = '';
      const { hook, operations } = raceAt(moment, () => {
        change(destination);
        theirs = versionOf(destination.get('k'));
      });
      const summary = await runWith(hook, pair, conditional);
      if (operations.length < moment) continue;

      // Then
      const at = `before request ${moment}, ${operations[moment - 1]}`;
      const [before, after] = [operations.slice(0, moment - 1), operations.slice(moment - 1)];
      const found = versionOf(destination.get('k'));
      const isCopy = found === versionOf(source.get('k'));
      const failures = reportLines(summary, 'failures').map(({ key, reason }) => `${key} ${reason}`);
      expect([at, isCopy || found === theirs]).toEqual([at, true]);
      if (what === 'writes' && !after.includes('ListObjectsV2 destination')) expect([at, found]).toEqual([at, theirs]);
      const copied = before.some((operation) => /^(CopyObject|CompleteMultipartUpload) /.test(operation));
      expect([at, failures]).toEqual([at, isCopy || copied ? [] : ['k changed']]);
      expect([at, openUploads(destination)]).toEqual([at, []]);

      const again = await runWith(undefined, pair, conditional);
      expect([at, again.status]).toEqual([at, 'succeeded']);
      expect([at, versionOf(destination.get('k'))]).toEqual([at, versionOf(source.get('k'))]);
    }
  });
});

function fail(): never {
  throw new Error('Expected an object');
}

it('copies no headers of one version with tags of another if HEADs of the source are repeated', async () => {
  const pair = mirror.createPair();
  const { source, destination } = pair;
  putLarge(source);
  const versions = [versionOf(source.get('k'))];
  let heads = 0;

  const summary = await runWith(({ operation, bucket, query }) => {
    clock += 1000;
    if (operation !== 'HeadObject' || bucket !== source.name || query.has('partNumber')) return undefined;
    heads += 1;
    if (heads === 1) return { status: 503, code: 'SlowDown' };
    if (heads > 2) return undefined;
    rewriteHeaders(source);
    versions.push(versionOf(source.get('k')));
    return undefined;
  }, pair);

  expect(summary).toMatchObject({ status: 'succeeded', totals: { copied: 1 } });
  expect(versions).toContain(versionOf(destination.get('k')));
});
