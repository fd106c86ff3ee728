import fc from 'fast-check';
import type { Host } from '../../../lambdas/engine/ports/host';
import type { Bucket } from '../../../local/s3';
import type { RangeInput, RunSummary } from '../../../statemachine/contract';
import { totalsIn } from '../../../wording/describe-outcome';
import { key } from '../../support/arbitrary-keys';
import { contentsOf } from '../../support/contents';
import { randomCases } from '../../support/length';
import { past, useMemoryMirror } from '../../support/memory-mirror';
import { reportLines } from '../../support/report-lines';

const mirror = useMemoryMirror();

const place = fc.constantFrom('source', 'destination', 'both equal', 'both different', 'source, archived');
const objects = fc.uniqueArray(fc.tuple(key, place), { maxLength: 30, selector: ([name]) => name });
const options = fc.record({
  mode: fc.constantFrom('mirror' as const, 'publish' as const),
  exclude: fc.constantFrom([], ['*b*']),
  compare: fc.constantFrom('auto' as const, 'etag' as const, 'metadata' as const),
});

function fill(given: readonly [string, string][]) {
  const pair = mirror.createPair();
  for (const [name, where] of given) {
    const storageClass = where === 'source, archived' ? 'GLACIER' : 'STANDARD';
    if (where !== 'destination') pair.source.put(name, `content of ${name}`, { lastModified: past, storageClass });
    if (where === 'destination') pair.destination.put(name, 'orphan', { lastModified: past });
    if (where === 'both equal') pair.destination.put(name, `content of ${name}`);
    if (where === 'both different') pair.destination.put(name, 'outdated', { lastModified: past });
  }
  return pair;
}

/** What a run did. */
function outcome(summary: RunSummary) {
  const { requests: _, surcharges: __, ...copies } = totalsIn(summary, 'copy');
  // without a plan, the delete loop may already list what the copy loop has put
  const { deleted, failed } = totalsIn(summary, 'delete');
  const lines = (['actions', 'failures'] as const).map((which) => linesOf(summary, which));
  return { status: summary.status, error: summary.error, copies, deletes: { deleted, failed }, lines };
}

function linesOf(summary: RunSummary, which: 'actions' | 'failures'): string[] {
  const lines = reportLines(summary, which).filter(({ phase }) => phase !== 'plan');
  return lines.map(({ action, key: name, reason, sizeBytes }) => [action, name, reason, sizeBytes].join(' ')).sort();
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
    randomCases({ quick: 8, full: 100 }),
  );
});

const change = fc.record({
  at: fc.constantFrom('source' as const, 'destination' as const),
  /** Which of the keys. The last one is in no plan. */
  nth: fc.nat({ max: 40 }),
  what: fc.constantFrom('put', 'remove'),
});
type Change = typeof change extends fc.Arbitrary<infer T> ? T : never;

/** Where a run ends before its time: the result of a Task is lost, or it is stopped at a request, which is done or not. */
const kill = fc.oneof(
  fc.record({ task: fc.nat({ max: 6 }) }),
  fc.record({ request: fc.nat({ max: 40 }), isDone: fc.boolean() }),
);
type Kill = typeof kill extends fc.Arbitrary<infer T> ? T : never;

/** The result of the first range is lost. */
const KILLED_FOR_SURE: [[string, string][], object, Change[], number, Kill] = [
  [['a', 'source']],
  { mode: 'mirror', exclude: [], compare: 'auto' },
  [],
  60,
  { task: 0 },
];

/** A plan, and changes on both sides after it. */
async function planAndChange(given: readonly [string, string][], more: object, changes: readonly Change[]) {
  const { source, destination, input } = fill(given);
  const request = { ...input, ...more, allowEmptySource: true };
  const plan = await mirror.run({ ...request, dryRun: true });
  const before = contentsOf(source);
  const names = [...given.map(([name]) => name), 'put after the plan'];
  for (const { at, nth, what } of changes)
    alter({ source, destination }[at], names[nth % names.length] as string, what);
  const changed = contentsOf(destination);
  return { plan, before, changed, destination, apply: { ...request, apply: plan.runId } };
}

async function runUntil(input: object, how: Kill, host: Partial<Host>): Promise<RunSummary> {
  const controller = new AbortController();
  let [tasks, requests] = [0, 0];
  mirror.s3.onRequest = () => {
    if (!('request' in how) || requests++ !== how.request) return undefined;
    controller.abort();
    return how.isDone ? { after: 'reset' } : 'reset';
  };
  const summary = await mirror.run(input, {
    host: { ...host, signal: controller.signal },
    around: async (task, taskInput, invoke) => {
      const isRange = task === 'CopyRange' || task === 'DeleteRange';
      const result = await invoke();
      const isMeant = 'task' in how && isRange && (taskInput as RangeInput).phase.write && tasks++ === how.task;
      if (isMeant) throw new Error('killed');
      return result;
    },
  });
  mirror.s3.onRequest = undefined;
  return summary;
}

it('an applied plan leaves each key as planned, or as somebody else left it and listed, and ends so wherever it was killed before', async () => {
  let kills = 0;
  await fc.assert(
    fc.asyncProperty(
      objects,
      options,
      fc.array(change, { maxLength: 12 }),
      fc.integer({ min: 1, max: 60 }),
      kill,
      async (given, more, changes, budget, how) => {
        // Given a plan that is applied at once, and the same plan, of which somebody kills the run
        const [killed, twin] = [await planAndChange(given, more, changes), await planAndChange(given, more, changes)];
        const { plan, before, changed, destination, apply } = killed;
        let time = 0;
        const host = { now: () => time++, roundBudgetsMs: [budget] };
        const first = await runUntil(apply, how, host);
        if (first.error && !EXPECTED.includes(first.error.name)) kills += 1;

        // When it is applied again
        const last = await mirror.run(apply, { host });
        const atOnce = await mirror.run(twin.apply, { host });

        // Then there is no third thing
        const planned = new Map(reportLines(plan, 'actions').map((line) => [line.key, line]));
        const listed = new Set(reportLines(last, 'failures').map(({ key: name }) => name));
        const after = contentsOf(destination);
        for (const name of new Set([...changed.keys(), ...before.keys(), ...after.keys()])) {
          const action = planned.get(name)?.action;
          const is = after.get(name);
          const isLeft = is === changed.get(name);
          const isDone = () => is === (action === 'delete' ? undefined : before.get(name));
          if (action === undefined) expect([name, isLeft]).toEqual([name, true]);
          else if (listed.has(name) || isUnreached(last))
            expect([name, isLeft || (isUnreached(last) && isDone())]).toEqual([name, true]);
          else expect([name, isDone()]).toEqual([name, true]);
        }
        if (last.error) expect(EXPECTED).toContain(last.error.name);
        // and the same end as if nobody had killed it
        expect(after).toEqual(contentsOf(twin.destination));
        expect(listed).toEqual(new Set(reportLines(atOnce, 'failures').map(({ key: name }) => name)));
        expect(last.error?.name).toBe(atOnce.error?.name);
      },
    ),
    { ...randomCases({ quick: 8, full: 120 }), examples: [KILLED_FOR_SURE] },
  );
  expect(kills).toBeGreaterThan(0);
});

/** How a run ends that leaves something alone: what has changed since the plan, and what the plan could not decide. */
const EXPECTED = ['PlanOutdatedError', 'SyncIncompleteError'];

/** A page is not published, and nothing deleted, if an asset was left alone. */
function isUnreached({ error, input }: RunSummary): boolean {
  return error !== undefined && (input as { mode?: string }).mode === 'publish';
}

function alter(bucket: Bucket, name: string, what: string): void {
  if (what === 'put') bucket.put(name, 'put by somebody else');
  else bucket.remove(name);
}
