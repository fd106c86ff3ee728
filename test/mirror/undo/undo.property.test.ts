import fc from 'fast-check';
import type { Bucket, Fault } from '../../../local/s3';
import type { RunSummary } from '../../../statemachine/contract';
import { randomCases } from '../../support/length';
import { past, useMemoryMirror } from '../../support/memory-mirror';
import { reportLines } from '../../support/report-lines';

const mirror = useMemoryMirror();

const KEYS = ['a', 'a/b.html', 'a/c', 'b+ %', 'index.html', 'ü\u0001', '😀/x'];
const content = fc.constantFrom('one', 'two', 'three');

/** What was written to a key before the run, from the oldest on. */
const history = fc.array(fc.oneof(content, fc.constant(undefined)), { maxLength: 3 });
/** What somebody does to a key after the run: expire its former versions, write to it, delete it. */
const change = fc.constantFrom(
  undefined,
  undefined,
  undefined,
  'expire',
  'put one',
  'put again',
  'delete',
  'delete and put',
);

/** When the destination begins to keep versions, and whether it stops that after the run: only for others, or also for the undo. */
const versioning = fc.record({
  isLate: fc.boolean(),
  suspended: fc.constantFrom('never' as const, 'never' as const, 'meanwhile' as const, 'since' as const),
});

const scene = fc.record({
  versioning,
  keys: fc.array(fc.record({ history, atSource: fc.option(content, { nil: undefined }), change }), {
    minLength: KEYS.length,
    maxLength: KEYS.length,
  }),
  request: fc.record({
    mode: fc.constantFrom('mirror' as const, 'publish' as const),
    plan: fc.constantFrom(true, undefined, false),
    compare: fc.constantFrom('auto' as const, 'always' as const),
  }),
  pageSize: fc.constantFrom(1, 2, 3, 1000),
});
type Scene = typeof scene extends fc.Arbitrary<infer Value> ? Value : never;

async function play({ keys, request, versioning: { isLate } }: Scene) {
  const pair = mirror.createPair(isLate ? {} : { destination: { versioning: 'Enabled' } });
  const { source, destination } = pair;
  for (const [index, { history: written, atSource }] of keys.entries()) {
    const key = KEYS[index] as string;
    if (atSource !== undefined) source.put(key, atSource, { lastModified: past, user: { from: 'source' } });
    for (const [nth, what] of written.entries()) {
      if (what === undefined) destination.remove(key);
      else destination.put(key, what, { lastModified: past, user: { nth: String(nth) }, tags: [['nth', String(nth)]] });
    }
  }
  destination.versioning = 'Enabled';
  const before = contentsOf(destination);
  const run = await mirror.run({ ...pair.input, ...request, allowEmptySource: true });
  expect(run.error).toBeUndefined();
  return { ...pair, before, after: contentsOf(destination), run };
}

function disturb(destination: Bucket, { keys, versioning: { suspended } }: Scene): void {
  if (suspended !== 'never') destination.versioning = 'Suspended';
  for (const [index, { change: what }] of keys.entries()) {
    const key = KEYS[index] as string;
    const versions = destination.index.get(key)?.versions ?? [];
    if (what === 'expire') for (const { versionId } of versions.slice(1)) destination.removeVersion(key, versionId);
    if (what === 'put one') destination.put(key, 'one', { user: { by: 'somebody' } });
    if (what === 'put again') {
      const latest = destination.get(key);
      if (latest) destination.put(key, latest.body, { user: latest.metadata.user, tags: latest.tags });
    }
    if (what?.startsWith('delete')) destination.remove(key);
    if (what === 'delete and put') destination.put(key, 'two');
  }
  if (suspended === 'meanwhile') destination.versioning = 'Enabled';
}

/** What readers see of each key. */
function contentsOf(bucket: Bucket): Map<string, string> {
  const seen = new Map<string, string>();
  for (const key of KEYS) {
    const object = bucket.get(key);
    if (object) seen.set(key, JSON.stringify([object.eTag, object.metadata.user, object.tags]));
  }
  return seen;
}

/** Versions that are made while a bucket keeps none have all the same id. */
function versionsOf(bucket: Bucket): Map<string, unknown> {
  return new Map(KEYS.map((key) => [key, bucket.current(key)]));
}

function left(summary: RunSummary): Set<string> {
  return new Set(reportLines(summary, 'failures').map(({ key }) => key));
}

it('leaves each key as it was before the run, or untouched and listed, whatever others did since', async () => {
  await fc.assert(
    fc.asyncProperty(scene, async (given) => {
      const { destination, input, before, run } = await play(given);
      if (!run.keepsVersions) return;
      disturb(destination, given);
      const versions = versionsOf(destination);

      const summary = await mirror.run(
        { ...input, undo: run.runId, mode: given.request.mode, hold: false },
        { pageSize: given.pageSize },
      );

      const now = contentsOf(destination);
      const listed = left(summary);
      const written = new Set(reportLines(run, 'actions').map(({ key }) => key));
      for (const [index, { change: what }] of given.keys.entries()) {
        const key = KEYS[index] as string;
        const isUntouched = destination.current(key) === versions.get(key);
        const isAsBefore = now.get(key) === before.get(key);
        if (!written.has(key)) expect([key, isUntouched]).toEqual([key, true]);
        else if (!isAsBefore) expect([key, isUntouched, listed.has(key)]).toEqual([key, true, true]);
        if (written.has(key) && what === undefined)
          expect([key, isAsBefore, listed.has(key)]).toEqual([key, true, false]);
        if (listed.has(key)) expect([key, isUntouched]).toEqual([key, true]);
      }
      expect(summary.error?.name).toBe(listed.size > 0 ? 'UndoIncompleteError' : undefined);
    }),
    randomCases({ quick: 20, full: 200 }),
  );
});

it('undone twice, a run is as if it had just been made, and undone once more, as if it had not', async () => {
  await fc.assert(
    fc.asyncProperty(scene, async (given) => {
      const { destination, input, before, after, run } = await play(given);
      if (!run.keepsVersions) return;
      const undo = (id: string) => mirror.run({ ...input, undo: id, hold: false }, { pageSize: given.pageSize });
      const first = await undo(run.runId);
      expect(contentsOf(destination)).toEqual(before);
      const second = await undo(first.runId);
      expect([first.error, second.error]).toEqual([undefined, undefined]);
      expect(contentsOf(destination)).toEqual(after);
      const third = await undo(second.runId);
      expect(third.error).toBeUndefined();
      expect(contentsOf(destination)).toEqual(before);
    }),
    randomCases({ quick: 8, full: 50 }),
  );
});

/** A write that fails, or whose answer is lost. */
const faults = fc.constantFrom<Fault>({ status: 403, code: 'AccessDenied' }, { after: 'reset' }, 'reset');

it('ends in the same state if it breaks off anywhere and is repeated', async () => {
  await fc.assert(
    fc.asyncProperty(scene, fc.nat({ max: 8 }), faults, async (given, from, fault) => {
      const { destination, input, before, run } = await play(given);
      if (!run.keepsVersions) return;
      const request = { ...input, undo: run.runId, mode: given.request.mode, hold: false };
      let writes = 0;
      mirror.s3.onRequest = ({ operation, key = '' }) =>
        !key.startsWith('.') && /^(CopyObject|DeleteObjects?)$/.test(operation) && writes++ >= from ? fault : undefined;
      await mirror.run(request);
      mirror.s3.onRequest = undefined;

      const summary = await mirror.run(request);

      expect(summary.error).toBeUndefined();
      expect(contentsOf(destination)).toEqual(before);
    }),
    randomCases({ quick: 8, full: 50 }),
  );
});
