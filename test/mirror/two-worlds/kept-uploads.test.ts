import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { UPLOADS_FOLDER } from '../../../lambdas/engine/uploads/kept-uploads';
import { openRunStore } from '../../../lambdas/host/run-store/open-run-store';
import type { Bucket, PutAttributes } from '../../../local/s3';
import type { SyncRequest } from '../../../statemachine/contract';
import { openUploads } from '../../support/contents';
import { everyNth } from '../../support/length';
import { past } from '../../support/mirror';
import { MIB, putInParts } from '../../support/put-in-parts';
import { expectEqual, type TwoWorldsOptions, useTwoWorlds } from '../../support/two-worlds';

const worlds = useTwoWorlds();
const KEY = 'a/large ü';
const SIZES = [5 * MIB, 6 * MIB, 5 * MIB, 3];
const ALL = ['1', '2', '3', '4'];
const attributes: PutAttributes = { lastModified: past, user: { owner: 'me' }, tags: [['team', 'blue']] };

afterEach(() => rmSync(join(worlds.runsFolder, UPLOADS_FOLDER), { recursive: true, force: true }));

let isDead = false;

/** Deletes nothing while all is dead. */
function openMortalStore() {
  const runStore = openRunStore(pathToFileURL(worlds.runsFolder).href);
  const remove = runStore.delete.bind(runStore);
  runStore.delete = (name) => (isDead ? Promise.reject(new Error('It is dead')) : remove(name));
  return runStore;
}

/** Lets a run, or a Task, end once some parts are there, and leaves it as it is then, as if it were killed. */
async function killAfter(parts: number, act: () => Promise<unknown>): Promise<void> {
  isDead = true;
  let sent = 0;
  worlds.here.onRequest = ({ operation, key }) => {
    if (key !== KEY) return undefined;
    const isRefused = operation === 'UploadPart' ? ++sent > parts : /^(Abort|Complete)Multi/.test(operation);
    return isRefused ? { status: 403, code: 'AccessDenied' } : undefined;
  };
  await act();
  worlds.here.onRequest = undefined;
  isDead = false;
}

function leaveBehind(input: SyncRequest, parts: number): Promise<void> {
  const host = { runStore: openMortalStore() };
  return killAfter(parts, () => worlds.run({ ...input, requestConcurrency: 1 }, { host }));
}

/** @returns the numbers of the parts that a run sends */
async function partsOf(run: () => Promise<unknown>): Promise<string[]> {
  const sent: string[] = [];
  worlds.here.onRequest = ({ operation, query }) => {
    if (operation === 'UploadPart') sent.push(query.get('partNumber') ?? '');
    return undefined;
  };
  await run();
  return sent.sort();
}

function keptNames(): string[] {
  return readdirSync(join(worlds.runsFolder, UPLOADS_FOLDER), { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.json'),
  );
}

function createPair(sizes = SIZES) {
  const pair = worlds.createPair();
  putInParts(pair.source, KEY, sizes, attributes);
  return pair;
}

describe('an upload that a killed run has left', () => {
  const some: readonly [present: number, missing: string[]][] = [
    [0, ALL],
    [2, ['3', '4']],
    [3, ['4']],
    [4, []],
  ];
  it.each(everyNth(2, some, 1))(
    'with %i parts is finished by the next run, which sends no part again',
    async (present, missing) => {
      const { source, destination, input } = createPair();
      await leaveBehind(input, present);
      const uploads = () => [...destination.uploads.values()].filter(({ key }) => key === KEY).map(({ id }) => id);
      const before = uploads();
      expect(openUploads(destination)).toHaveLength(1);
      expect(keptNames()).toHaveLength(1);

      const sent = await partsOf(() => worlds.run(input));

      expect(sent).toEqual(missing);
      expect(uploads()).toEqual(before);
      expectEqual(source, destination);
      expect(keptNames()).toEqual([]);
    },
  );

  it('is finished if a Task was killed, and its attempt is made again', async () => {
    const { source, destination, input } = createPair();
    const sent: string[] = [];
    let attempts = 0;
    const around: TwoWorldsOptions['around'] = async (task, invoke) => {
      if (!task.startsWith('Copy') || attempts++ > 0) return invoke();
      await killAfter(2, invoke);
      worlds.here.onRequest = ({ operation, query }) => {
        if (operation === 'UploadPart') sent.push(query.get('partNumber') ?? '');
        return undefined;
      };
      throw Object.assign(new Error('Task timed out after 900.00 seconds'), { name: 'Sandbox.Timedout' });
    };

    const summary = await worlds.run(
      { ...input, requestConcurrency: 1 },
      { around, host: { runStore: openMortalStore() } },
    );

    expect(summary).toMatchObject({ status: 'succeeded', totals: { copied: 1 } });
    expect(sent).toEqual(['3', '4']);
    expectEqual(source, destination);
  });

  const rewrites: [what: string, rewrite: (source: Bucket) => void][] = [
    [
      'other content',
      (source) =>
        putInParts(
          source,
          KEY,
          SIZES.toReversed().toSorted((a, b) => b - a),
        ),
    ],
    ['other headers', (source) => putInParts(source, KEY, SIZES, { ...attributes, user: { owner: 'else' } })],
    ['a later date', (source) => putInParts(source, KEY, SIZES, { ...attributes, lastModified: new Date() })],
    ['other tags', (source) => putInParts(source, KEY, SIZES, { ...attributes, tags: [['team', 'red']] })],
    ['another class', (source) => putInParts(source, KEY, SIZES, { ...attributes, storageClass: 'STANDARD_IA' })],
  ];
  it.each(everyNth(5, rewrites))('is thrown away if the source got %s since', async (_what, rewrite) => {
    const { source, destination, input } = createPair();
    await leaveBehind(input, 2);
    rewrite(source);

    const sent = await partsOf(() => worlds.run(input));

    expect(sent).toEqual(ALL);
    expectEqual(source, destination);
    expect(keptNames()).toEqual([]);
  });

  it('is thrown away if the run is to encrypt its copies in another way', async () => {
    const { source, destination, input } = createPair();
    await leaveBehind(input, 2);

    const sent = await partsOf(() => worlds.run({ ...input, sse: 'AES256' }));

    expect(sent).toEqual(ALL);
    expectEqual(source, destination);
  });

  it.each<[what: string, name: (source: string) => string, prefix: string]>(
    everyNth(2, [
      ['another bucket', (source) => `other-${source}`, ''],
      ['another folder', (source) => source, 'b/'],
    ]),
  )('is thrown away if the next run mirrors %s with an equal object', async (_what, nameOf, prefix) => {
    const { source, destination, input } = createPair();
    const name = nameOf(source.name);
    const other = name === source.name ? source : worlds.there.createBucket(name);
    putInParts(other, `${prefix}${KEY}`, SIZES, attributes);
    await leaveBehind({ ...input, exclude: ['b/**'] }, 2);

    const sent = await partsOf(() => worlds.run({ ...input, source: name, prefix, destinationPrefix: '' }));

    expect(sent).toEqual(ALL);
    expect(destination.get(KEY)?.eTag).toBe(other.get(`${prefix}${KEY}`)?.eTag);
    expect(keptNames()).toEqual([]);
  });

  it('may be gone when the next run begins', async () => {
    const { source, destination, input } = createPair();
    await leaveBehind(input, 2);
    destination.uploads.clear();

    expect(await partsOf(() => worlds.run(input))).toEqual(ALL);

    expectEqual(source, destination);
  });

  it('begins again if a part does not hold the right content', async () => {
    const { source, destination, input } = createPair();
    await leaveBehind(input, 2);
    const [upload] = [...destination.uploads.values()].filter(({ key }) => key === KEY);
    const [part, other] = [
      upload?.parts.get(1),
      worlds.there.createBucket(`other-${destination.name}`).put('x', 'x'.repeat(5 * MIB)),
    ];
    if (part) upload?.parts.set(1, { ...part, body: other.body, eTag: other.eTag });

    const sent = await partsOf(() => worlds.run(input));

    expect(sent).toEqual([...ALL, '3', '4'].sort());
    expectEqual(source, destination);
  });
});

it('an upload begins again, and is no failure, if the run store keeps none', async () => {
  const { source, destination, input } = createPair();
  const runStore = openRunStore(pathToFileURL(worlds.runsFolder).href);
  const put = runStore.put.bind(runStore);
  runStore.put = (name, body) =>
    name.startsWith(UPLOADS_FOLDER) ? Promise.reject(new Error('The disk is full')) : put(name, body);

  expect(await worlds.run(input, { host: { runStore } })).toMatchObject({ status: 'succeeded', totals: { copied: 1 } });

  expectEqual(source, destination);
});

it.each(everyNth(2, ['there', 'here'] as const, 1))(
  'an upload stays for the next run if the credentials of one side expire: %s',
  async (side) => {
    const { source, destination, input } = createPair();
    let parts = 0;
    worlds[side].onRequest = ({ operation, headers: { range = '' } }) => {
      const isContent = side === 'there' ? operation === 'GetObject' && range.length > 9 : operation === 'UploadPart';
      const isExpired = (isContent && ++parts > 2) || (parts > 2 && operation !== 'UploadPart');
      return isExpired ? { status: 400, code: 'ExpiredToken', message: 'The provided token has expired.' } : undefined;
    };
    const failed = await worlds.run({ ...input, requestConcurrency: 1 });
    worlds[side].onRequest = undefined;
    expect(failed).toMatchObject({ error: { name: 'CredentialsExpiredError' }, totals: { failed: 0 } });
    expect(openUploads(destination)).toHaveLength(1);

    expect(await partsOf(() => worlds.run({ ...input, lock: 'reports' }))).toEqual(['3', '4']);

    expectEqual(source, destination);
  },
);
