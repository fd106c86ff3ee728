import fc from 'fast-check';
import type { Bucket } from '../../../local/s3';
import type { RangeInput, RunSummary } from '../../../statemachine/contract';
import { key } from '../../support/arbitrary-keys';
import { contentsOf } from '../../support/contents';
import { randomCases } from '../../support/length';
import { past, useMemoryMirror } from '../../support/memory-mirror';
import { reportLines } from '../../support/report-lines';

const mirror = useMemoryMirror();

const place = fc.constantFrom('source', 'destination', 'both equal', 'both different');
const objects = fc.uniqueArray(fc.tuple(key, place), { maxLength: 30, selector: ([name]) => name });
const options = fc.record({
  mode: fc.constantFrom('mirror' as const, 'publish' as const),
  exclude: fc.constantFrom([], ['*b*']),
  compare: fc.constantFrom('auto' as const, 'etag' as const, 'metadata' as const),
});

function fill(given: readonly [string, string][]) {
  const pair = mirror.createPair();
  for (const [name, where] of given) {
    if (where !== 'destination') pair.source.put(name, `content of ${name}`, { lastModified: past });
    if (where === 'destination') pair.destination.put(name, 'orphan', { lastModified: past });
    if (where === 'both equal') pair.destination.put(name, `content of ${name}`);
    if (where === 'both different') pair.destination.put(name, 'outdated', { lastModified: past });
  }
  return pair;
}

/** What a run did. Without a plan, the delete loop may already list what the copy loop has put. */
function outcome(summary: RunSummary) {
  const { copied, copiedBytes, overwritten, deleted, failed } = summary.totals;
  const totals = { copied, copiedBytes, overwritten, deleted, failed };
  const done = reportLines(summary, 'actions').map(({ action, key: name, reason, sizeBytes }) =>
    [action, name, reason, sizeBytes].join(' '),
  );
  return { status: summary.status, totals, done: done.sort() };
}

it('a run with a plan and a run without one end in the same destination, counters and report', async () => {
  await fc.assert(
    fc.asyncProperty(
      objects,
      options,
      fc.integer({ min: 1, max: 8 }),
      fc.integer({ min: 1, max: 60 }),
      async (given, more, pageSize, budget) => {
        const runs = [];
        for (const plan of [true, false]) {
          const { destination, input } = fill(given);
          let time = 0;
          const host = { now: () => time++, roundBudgetsMs: [budget] };
          const request = { ...input, ...more, mode: 'mirror', plan, allowEmptySource: true };
          const summary = await mirror.run(request, { pageSize, host });
          runs.push({ ...outcome(summary), contents: contentsOf(destination) });
        }

        expect(runs[0]).toEqual(runs[1]);
      },
    ),
    randomCases({ quick: 15, full: 150 }),
  );
}, 240_000);

const change = fc.record({
  at: fc.constantFrom('source' as const, 'destination' as const),
  /** Which of the keys. */
  nth: fc.nat({ max: 40 }),
  what: fc.constantFrom('put', 'remove'),
});

it('an applied plan leaves each key as planned, or as somebody else left it and listed, wherever it is killed', async () => {
  await fc.assert(
    fc.asyncProperty(
      objects,
      options,
      fc.array(change, { maxLength: 12 }),
      fc.integer({ min: 1, max: 60 }),
      fc.integer({ min: 0, max: 6 }),
      async (given, more, changes, budget, killedAt) => {
        // Given a plan, and changes on both sides after it
        const { source, destination, input } = fill(given);
        const request = { ...input, ...more, allowEmptySource: true };
        const plan = await mirror.run({ ...request, dryRun: true });
        const planned = new Map(reportLines(plan, 'actions').map((line) => [line.key, line]));
        const before = { source: contentsOf(source), destination: contentsOf(destination) };
        for (const { at, nth, what } of changes) {
          const name = given[nth % Math.max(1, given.length)]?.[0];
          if (name !== undefined) alter({ source, destination }[at], name, what);
        }
        const changed = { source: contentsOf(source), destination: contentsOf(destination) };

        // When it is applied, killed at any Task, and applied again
        let time = 0;
        let tasks = 0;
        const host = { now: () => time++, roundBudgetsMs: [budget] };
        const apply = { ...request, apply: plan.runId };
        await mirror.run(apply, {
          host,
          around: async (task, taskInput, invoke) => {
            const isRange = task === 'CopyRange' || task === 'DeleteRange';
            const result = await invoke();
            if (isRange && (taskInput as RangeInput).phase.write && tasks++ === killedAt) throw new Error('killed');
            return result;
          },
        });
        const last = await mirror.run(apply, { host });

        // Then there is no third thing
        const listed = new Set(reportLines(last, 'failures').map(({ key: name }) => name));
        const after = contentsOf(destination);
        for (const name of new Set([...changed.destination.keys(), ...before.source.keys(), ...after.keys()])) {
          const action = planned.get(name)?.action;
          const is = after.get(name);
          const isLeft = is === changed.destination.get(name);
          const isDone = () => is === (action === 'delete' ? undefined : before.source.get(name));
          if (action === undefined) expect([name, isLeft]).toEqual([name, true]);
          else if (listed.has(name) || isUnreached(last))
            expect([name, isLeft || (isUnreached(last) && isDone())]).toEqual([name, true]);
          else expect([name, isDone()]).toEqual([name, true]);
        }
        if (last.error) expect(last.error.name).toBe('PlanOutdatedError');
      },
    ),
    randomCases({ quick: 20, full: 200 }),
  );
}, 240_000);

/** A page is not published, and nothing deleted, if an asset was left alone. */
function isUnreached({ error, input }: RunSummary): boolean {
  return error !== undefined && (input as { mode?: string }).mode === 'publish';
}

function alter(bucket: Bucket, name: string, what: string): void {
  if (what === 'put') bucket.put(name, 'put by somebody else');
  else bucket.remove(name);
}
