import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import fc from 'fast-check';
import type { Bucket } from '../../../local/s3';
import type { RunSummary } from '../../../statemachine/contract';
import { key } from '../../support/arbitrary-keys';
import { contentsOf } from '../../support/contents';
import { randomCases } from '../../support/length';
import { useMemoryMirror } from '../../support/memory-mirror';
import { reportLines } from '../../support/report-lines';
import { temporaryFolder } from '../../support/temporary-folder';

const mirror = useMemoryMirror();
const old = new Date('2026-01-01T00:00:00Z');
const older = new Date('2025-01-01T00:00:00Z');
const expires = new Date('2030-01-01T00:00:00Z');

/** What the two sides have under a key. */
const PLACES: Readonly<
  Record<string, (source: Bucket, destination: Bucket, at: { from: string; to: string }) => void>
> = {
  missing: (source, _, { from }) => source.put(from, 'new', { lastModified: old }),
  orphan: (_, destination, { to }) => destination.put(to, 'orphan', { lastModified: old }),
  equal: (source, destination, { from, to }) => {
    source.put(from, 'same', { lastModified: older });
    destination.put(to, 'same', { lastModified: old });
  },
  'as old': (source, destination, { from, to }) => {
    source.put(from, 'same', { lastModified: old, user: { team: 'blue' } });
    destination.put(to, 'same', { lastModified: old });
  },
  changed: (source, destination, { from, to }) => {
    source.put(from, 'changed', { lastModified: old });
    destination.put(to, 'outdated', { lastModified: older });
  },
  'other ETags': (source, destination, { from, to }) => {
    source.put(from, 'same', { lastModified: older, eTag: `${'a'.repeat(32)}-2` });
    destination.put(to, 'same', { lastModified: old });
  },
  archived: (source, _, { from }) => source.put(from, 'x', { lastModified: old, storageClass: 'GLACIER' }),
  restored: (source, _, { from }) =>
    source.put(from, 'x', { lastModified: old, storageClass: 'GLACIER', restore: { ongoing: false, expires } }),
  empty: (source, _, { from }) => source.put(from, '', { lastModified: old }),
};
const place = fc.constantFrom(...Object.keys(PLACES));
const prefix = fc.constantFrom('', 'p/', 'p/q/');
const scenario = fc.record({
  objects: fc.uniqueArray(fc.tuple(fc.oneof(key, fc.constantFrom('', 'p/', '.bucketsync/x')), place), {
    maxLength: 40,
    selector: ([name]) => name,
  }),
  wanted: fc.infiniteStream(fc.boolean()),
  absent: fc.array(key, { maxLength: 5 }),
  host: fc.record({ trustsListings: fc.boolean() }),
  pageSize: fc.integer({ min: 1, max: 30 }),
  budget: fc.integer({ min: 5, max: 200 }),
  input: fc.record({
    prefix,
    destinationPrefix: prefix,
    delete: fc.boolean(),
    dryRun: fc.boolean(),
    mode: fc.constantFrom('mirror', 'publish'),
    archived: fc.constantFrom('skip', 'fail'),
    compare: fc.constantFrom('auto', 'size', 'metadata', 'checksum'),
    exclude: fc.constantFrom([], ['a/**'], ['*b*']),
    maxSize: fc.constantFrom(undefined, 3),
  }),
  verify: fc.boolean(),
});

type Loop = RunSummary['phases'][number]['copy'];

/** The delete loop may meet an object that the copy loop has copied meanwhile, or may be there before. */
function withoutRace({ listed: _listed, unchanged: _unchanged, ...counters }: Loop): Partial<Loop> {
  return counters;
}

/** Everything that a run says of objects, and nothing of requests and times. */
function told(summary: RunSummary) {
  const of = ({ requests: _requests, surcharges: _paid, ...counters }: Loop & { surcharges?: unknown }) =>
    counters as Loop;
  const lines = [...reportLines(summary, 'actions'), ...reportLines(summary, 'failures')];
  return {
    status: summary.status,
    error: summary.error?.name,
    phases: summary.phases.map((phase) => ({
      name: phase.name,
      copy: of(phase.copy),
      delete: phase.name === 'sync' ? withoutRace(of(phase.delete)) : of(phase.delete),
    })),
    lines: lines.map(({ time: _time, ...line }) => JSON.stringify(line)).sort(),
  };
}

it('does and reports what a full run does of two buckets that hold nothing but these keys', async () => {
  const folder = temporaryFolder();
  let lists = 0;
  await fc.assert(
    fc.asyncProperty(scenario, async ({ objects, wanted, absent, host, pageSize, budget, input, verify }) => {
      const [some, only] = [mirror.createPair(), mirror.createPair()];
      const put = ({ source, destination }: typeof some, name: string, how: string) => {
        const at = { from: `${input.prefix}${name}`, to: `${input.destinationPrefix}${name}` };
        const isPossible = [at.from, at.to].every((whole) => whole !== '' && Buffer.byteLength(whole) <= 1024);
        if (isPossible) PLACES[how]?.(source, destination, at);
      };
      const keys = new Set(absent);
      for (const [name] of objects) if (wanted.next().value) keys.add(name);
      for (const [name, how] of objects) {
        put(some, name, how);
        if (keys.has(name)) put(only, name, how);
      }
      fc.pre(keys.size > 0);
      const before = contentsOf(some.destination);
      const list = join(folder, `list-${lists++}.jsonl`);
      writeFileSync(list, [...keys].map((name) => JSON.stringify({ key: name })).join('\n'));
      const settings = { ...input, verify: verify && !input.dryRun, allowEmptySource: true, plan: false };
      let time = 0;
      const options = { pageSize, host: { ...host, now: () => time++, roundBudgetsMs: [budget] } };

      const one = await mirror.run({ ...settings, ...some.input, keys: pathToFileURL(list).href }, options);
      const other = await mirror.run({ ...settings, ...only.input }, { pageSize, host });

      expect(told(one)).toEqual(told(other));
      const isWanted = (whole: string) =>
        whole.startsWith(input.destinationPrefix) && keys.has(whole.slice(input.destinationPrefix.length));
      const of = (contents: Map<string, string>, wants: boolean) =>
        [...contents].filter(([whole]) => isWanted(whole) === wants);
      expect(of(contentsOf(some.destination), true)).toEqual(of(contentsOf(only.destination), true));
      expect(of(contentsOf(some.destination), false)).toEqual(of(before, false));
    }),
    randomCases({ quick: 25, full: 250 }),
  );
});
