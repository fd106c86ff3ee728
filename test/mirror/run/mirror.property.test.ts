import fc from 'fast-check';
import type { RangeInput, RangeResult } from '../../../statemachine/contract';
import { key, keys } from '../../support/arbitrary-keys';
import { contentsOf } from '../../support/contents';
import { randomCases } from '../../support/length';
import { useMemoryMirror } from '../../support/memory-mirror';

const mirror = useMemoryMirror();

/** Where an object is, and whether both sides agree on it. */
const place = fc.constantFrom('source', 'destination', 'both equal', 'both different');
const prefix = fc.constantFrom('', 'p/', 'p/q/', '\u{1f600}/');
const scenario = fc.record({
  objects: fc.uniqueArray(fc.tuple(key, place), { maxLength: 40, selector: ([name]) => name }),
  outside: keys(4),
  prefix,
  destinationPrefix: prefix,
  pageSize: fc.integer({ min: 1, max: 12 }),
  // The clock moves on by one whenever it is read, so a budget is a number of readings.
  budget: fc.integer({ min: 1, max: 60 }),
  compare: fc.constantFrom('auto', 'size', 'etag', 'size-and-time') as fc.Arbitrary<'auto'>,
  exclude: fc.constantFrom([], ['a/**'], ['*b*'], ['**/0*', 'x*']),
  plan: fc.boolean(),
});

const old = new Date('2026-01-01T00:00:00Z');
const older = new Date('2025-01-01T00:00:00Z');

function fill(objects: [string, string][], input: { prefix: string; destinationPrefix: string }) {
  const { source, destination } = mirror.createPair();
  for (const [name, where] of objects) {
    const [there, here] = [`${input.prefix}${name}`, `${input.destinationPrefix}${name}`];
    if (Buffer.byteLength(there) > 1024 || Buffer.byteLength(here) > 1024) continue;
    if (where !== 'destination') source.put(there, `content of ${name}`, { lastModified: old });
    if (where === 'destination') destination.put(here, 'orphan', { lastModified: older });
    if (where === 'both equal') destination.put(here, `content of ${name}`, { lastModified: new Date() });
    if (where === 'both different') destination.put(here, 'outdated', { lastModified: older });
  }
  return { source, destination };
}

it('makes the destination equal, touches nothing else, and decides every key once, wherever the budget stops it', async () => {
  await fc.assert(
    fc.asyncProperty(scenario, async ({ objects, outside, pageSize, budget, ...input }) => {
      // Given two buckets that differ, and objects of the destination that are none of the mirror's business
      const { source, destination } = fill(objects, input);
      if (input.destinationPrefix !== '') {
        for (const name of outside) {
          if (!name.startsWith(input.destinationPrefix)) destination.put(name, 'outside');
        }
      }
      const before = contentsOf(destination);
      const walked = { CopyRange: 0, DeleteRange: 0 };
      let time = 0;

      // When it runs in rounds that stop anywhere
      const summary = await mirror.run(
        { source: source.name, destination: destination.name, allowEmptySource: true, ...input },
        {
          pageSize,
          host: { now: () => time++, roundBudgetsMs: [budget] },
          around: async (task, taskInput, invoke) => {
            const result = await invoke();
            if (task === 'CopyRange' || task === 'DeleteRange') {
              expectProgress(taskInput as RangeInput, result as RangeResult);
              const { counters, atDestination } = result as RangeResult;
              // the phase after a plan is about its actions only
              const isWalk = input.plan === ((taskInput as RangeInput).phase.name === 'plan');
              if (isWalk) walked[task] += counters.listed;
              if (isWalk) walked.DeleteRange += atDestination?.listed ?? 0;
            }
            return result;
          },
        },
      );

      // Then what takes part is equal, what does not is as before, and the counters add up to the keys there were
      expect(summary.error).toBeUndefined();
      const [from, to] = [contentsOf(source, input.prefix), contentsOf(destination, input.destinationPrefix)];
      const isExcluded = excludedBy(input.exclude);
      const taking = (contents: Map<string, string>) =>
        [...contents].filter(([name]) => name !== '' && !isExcluded(name));
      expect(taking(to)).toEqual(taking(from));
      for (const [name, content] of before) {
        const relative = name.startsWith(input.destinationPrefix)
          ? name.slice(input.destinationPrefix.length)
          : undefined;
        if (relative === undefined || isExcluded(relative)) expect(contentsOf(destination).get(name)).toBe(content);
      }
      expect(walked.CopyRange).toBe(from.size);
      for (const { copy, delete: deletes } of summary.phases) {
        expect(copy.listed).toBe(copy.copied + copy.unchanged + copy.skipped + copy.failed);
        expect(deletes.listed).toBe(deletes.deleted + deletes.unchanged + deletes.skipped + deletes.failed);
      }
      const { copy, delete: deletes } = summary.phases[0] ?? fail();
      expect(copy.listed).toBe(walked.CopyRange);
      expect(deletes.listed).toBe(walked.DeleteRange);
      const { totals } = summary;
      expect(totals.listed).toBe(walked.CopyRange + walked.DeleteRange);
      expect(totals.listed).toBe(totals.copied + totals.deleted + totals.unchanged + totals.skipped);
      expect(totals.failed).toBe(0);
    }),
    randomCases({ quick: 10, full: 70 }),
  );
});

/** What is not done goes on behind where it began, so that a run always ends. */
function expectProgress({ tokens: before }: RangeInput, { tokens }: RangeResult): void {
  const began = new Set(before.map((token) => JSON.stringify(token)));
  if (tokens.length > 0) expect(tokens.some((token) => !began.has(JSON.stringify(token)))).toBe(true);
}

/** The same globs by hand, to be independent of the engine's. */
function excludedBy(globs: readonly string[]): (name: string) => boolean {
  const base = (name: string) => name.replace(/\/+$/, '').split('/').at(-1) ?? '';
  return (name) =>
    globs.some((glob) => {
      if (glob === 'a/**') return name === 'a' || name.startsWith('a/');
      if (glob === '*b*') return base(name).includes('b');
      if (glob === '**/0*') return /(^|\/)0[^/]*\/*$/su.test(name);
      return base(name).startsWith('x');
    });
}

function fail(): never {
  throw new Error('Expected a phase');
}
