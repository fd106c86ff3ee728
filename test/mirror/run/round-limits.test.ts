import { judgeRound, MOST_IDLE, MOST_ROUNDS, MOST_STUCK } from '../../../lambdas/engine/phases/round-limits';
import { type AdvanceInput, emptyCounters, type RangeInput, type RangeResult } from '../../../statemachine/contract';
import type { AnyMirror } from '../../support/any-mirror';
import { EmptyPages } from '../../support/empty-pages';
import { type MirrorOptions, past, useMemoryMirror } from '../../support/memory-mirror';
import { useMirror } from '../../support/mirror';

const mirror = useMemoryMirror();
// what is tested are loops that walk the buckets and act at once
mirror.walksAndActs = true;
/** Where pages can be without keys. */
const overHttp = useMirror();
// what is tested are loops that walk the buckets and act at once
overHttp.walksAndActs = true;

const EVENTS_OF_A_ROUND = 13;
const EVENTS_OF_AN_EXECUTION = 25_000;

function createPair(count: number, where: AnyMirror = mirror) {
  const pair = where.createPair();
  for (let index = 0; index < count; index++) {
    const key = `k${String(index).padStart(5, '0')}`;
    pair.source.put(key, 'x', { lastModified: past });
    pair.destination.put(key, 'x');
  }
  return pair;
}

/** Counts the rounds of both loops; `change` may change what a range brings back. */
function counting(change: (result: RangeResult, input: RangeInput) => RangeResult = (result) => result) {
  const rounds = { CopyRange: 0, DeleteRange: 0 };
  const around: MirrorOptions['around'] = async (task, input, invoke) => {
    if (task !== 'CopyRange' && task !== 'DeleteRange') return invoke();
    rounds[task] += 1;
    return change((await invoke()) as RangeResult, input as RangeInput);
  };
  return { rounds, around };
}

it('ends a loop whose rounds make no progress, and releases the lock', async () => {
  const { input } = createPair(3);
  const { rounds, around } = counting((result, { tokens }) => ({
    ...result,
    counters: { ...result.counters, listed: 0 },
    tokens,
  }));

  const summary = await mirror.run(input, { serial: true, around });

  expect(summary).toMatchObject({ status: 'failed', error: { name: 'ListingError' } });
  expect(summary.error?.message).toContain(`${MOST_STUCK} rounds made no progress`);
  expect(summary.error?.message).toContain('run it again to continue');
  expect(summary.report).toBeDefined();
  expect(rounds).toEqual({ CopyRange: MOST_STUCK, DeleteRange: MOST_STUCK });
  expect((await mirror.run(input)).status).toBe('succeeded');
});

it('ends a loop that lists pages without keys without end', async () => {
  const { input, source } = createPair(3, overHttp);
  const pages = new EmptyPages(source.name, Number.POSITIVE_INFINITY);
  overHttp.s3.onRequest = (request) => (request.query.get('max-keys') === '1' ? undefined : pages.onRequest(request));
  const { rounds, around } = counting();
  let clock = 0;

  const summary = await overHttp.run(
    { ...input, delete: false },
    { serial: true, around, host: { roundBudgetsMs: [3], now: () => clock++ } },
  );

  expect(summary.error).toMatchObject({ name: 'ListingError', message: expect.stringContaining('single object') });
  expect(rounds.CopyRange).toBe(MOST_IDLE);
});

describe('a run whose rounds do very little', () => {
  const roundOf = (input: RangeInput): RangeResult => ({
    counters: { ...emptyCounters(), listed: 1 },
    tokens: [{ after: `k${input.round}` }],
    elapsedMs: 1,
  });

  it.each([
    ['copy', 'CopyRange', 'DeleteRange'],
    ['delete', 'DeleteRange', 'CopyRange'],
  ] as const)('ends before the history of an execution is full: of the %s loop', async (_loop, slow, other) => {
    const { input } = createPair(1);
    let rounds = 0;

    const summary = await mirror.run(input, {
      serial: true,
      around: async (task, taskInput, invoke) => {
        if (task !== slow) return invoke();
        rounds += 1;
        return roundOf(taskInput as RangeInput);
      },
    });

    expect(summary.error).toMatchObject({ name: 'ListingError', message: expect.stringContaining('history') });
    expect(summary.error?.message).toContain(`"k${rounds - 1}"`);
    expect(rounds).toBe(MOST_ROUNDS / 2);
    expect(summary.phases[0]?.[other === 'CopyRange' ? 'copy' : 'delete'].listed).toBe(1);
    expect(MOST_ROUNDS * EVENTS_OF_A_ROUND).toBeLessThan(EVENTS_OF_AN_EXECUTION);
    expect((await mirror.run(input)).status).toBe('succeeded');
  });

  it.each<[what: string, executionId: string, listed: number, before: number, ends: boolean]>([
    ['an execution in AWS, whatever its rounds do', 'arn:aws:states:x', 1e9, 0, true],
    ['an execution in AWS, after phases with many rounds', 'arn:aws:states:x', 1e9, MOST_ROUNDS, true],
    ['a run on this machine', 'local:host:1:x', 1e9, MOST_ROUNDS, false],
    ['a run on this machine that does next to nothing', 'local:host:1:x', 1e3, 0, true],
  ])('ends, or continues: %s', (_what, executionId, listed, before, ends) => {
    const round = { ...emptyCounters(), listed: 1 };
    const loop = { round: before > 0 ? 0 : MOST_ROUNDS / 2 - 1, counters: { ...emptyCounters(), listed } };
    const task = { run: { executionId, rounds: before }, loop } as unknown as AdvanceInput;
    expect(judgeRound(task, round, [{}], false).error !== undefined).toBe(ends);
  });
});
