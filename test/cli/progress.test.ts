import { PassThrough } from 'node:stream';
import { FactFinder } from '../../cli/output/progress/facts';
import { LinesDisplay } from '../../cli/output/progress/lines';
import { renderFacts } from '../../cli/output/progress/live';
import type { LoopProgress, Progress } from '../../local/progress';
import { ProgressTracker } from '../../local/progress-tracker';
import { type Counters, emptyCounters, type KeptPlan, type Phase, type RangeInput } from '../../statemachine/contract';

const NO_TERMINAL = new PassThrough() as unknown as NodeJS.WriteStream;
const NOON = new Date('2026-11-28T12:00:00').getTime();

function loop(counters: Partial<Counters>, more: Partial<LoopProgress> = {}): LoopProgress {
  return { round: 1, running: 1, counters: { ...emptyCounters(), ...counters }, ...more };
}

const plan = { copies: 1000, copiedBytes: 10_000_000, deletes: 50 };

/** A run that copies ten objects of 10 kB each second. */
function after(seconds: number, more: Partial<Progress> = {}): Progress {
  const copied = 10 * seconds;
  return {
    phase: 'sync',
    copy: loop({ listed: copied + 5, copied, copiedBytes: 10_000 * copied, unchanged: 5 }, { inFlight: 64 }),
    delete: loop({ listed: 50, deleted: 50 }, { inFlight: 0 }),
    plan,
    ...more,
  };
}

/** What the screen shows after each second. */
function screens(seconds: number, progressAt = after): string[][] {
  let now = NOON;
  const finder = new FactFinder(() => now);
  return Array.from({ length: seconds + 1 }, (_, second) => {
    now = NOON + 1000 * second;
    return renderFacts(finder.look(progressAt(second)), NO_TERMINAL);
  });
}

describe('a terminal', () => {
  it('shows how much of the plan is done, how fast it goes, and how long it still takes', () => {
    expect(screens(20).at(-1)).toEqual([
      '  copying what is missing or changed, deleting orphans (20 s)',
      '  ██████░░░░░░░░░░░░░░░░░░░░░░░░ 20%  about 1 m 20 s left',
      expect.stringMatching(/^ {2}copied +200 of 1,000 +2 MB of 10 MB +10\/s +100 kB\/s *\n {2}deleted +50 of 50 *$/),
      '  looked at 205  same 5  failed 0  64 in flight',
    ]);
  });

  it('shows no percentage and no time left without a plan', () => {
    const shown = screens(20, (second) => after(second, { plan: undefined }))
      .flat()
      .join('\n');
    expect(shown).not.toMatch(/%|left\b/);
    expect(shown).toMatch(/copied +200 +2 MB +10\/s +100 kB\/s/);
  });

  it('shows no percentage of copies that the plan did not look for, but how many deletes it found', () => {
    const shown = screens(5, (second) => after(second, { plan: { deletes: 60 } }))
      .flat()
      .join('\n');
    expect(shown).not.toMatch(/%|left\b/);
    expect(shown).toMatch(/deleted +50 of 60/);
  });

  it('lets the rates fall and the time left go while nothing happens', () => {
    const shown = screens(60, (second) => after(Math.min(second, 20)));
    expect(shown[20]?.join()).toContain('about 1 m 20 s left');
    expect(shown[25]?.join()).toMatch(/ 5\.0\/s/);
    expect(shown[40]?.join()).not.toMatch(/\/s|left\b/);
    expect(shown[40]?.[0]).toContain('(40 s)');
  });

  it('fits 80 columns, up to a billion objects', () => {
    const many = 999_999_999;
    const counters = { listed: many, copied: many - 1, copiedBytes: 999e12, unchanged: many, failed: 999 };
    const huge = { copies: many, copiedBytes: 999e12, deletes: many };
    const shown = screens(20, () => ({
      phase: 'sync',
      copy: loop(counters, { inFlight: 1024 }),
      delete: loop({ deleted: many - 1 }, { inFlight: 9 }),
      plan: huge,
    }));
    const widths = shown.flat().flatMap((line) => line.split('\n').map(({ length }) => length));
    expect(Math.max(...widths)).toBeLessThanOrEqual(80);
  });

  it('speaks of what would be done in a plan, and of what differs in a proof', () => {
    const [ofPlan, ofProof] = (['plan', 'verify'] as const).map((phase) =>
      screens(9, (second) => after(second, { phase, plan: undefined }))
        .flat()
        .join('\n'),
    );
    expect(ofPlan).toMatch(/to copy +90 +900 kB *\n {2}to delete +50 */);
    expect(ofProof).toMatch(/differ +90 .*\n {2}orphans left +50/);
    expect(ofPlan).toContain('looked at 95 (5.0/s)');
  });

  it('shows objects that have changed since the plan as work beyond the plan', () => {
    const shown = screens(1, () => after(120));
    expect(shown.flat().join('\n')).toMatch(/copied +1,200, planned 1,000/);
  });

  it('shows no words of the engine', () => {
    expect(screens(3).flat().join()).not.toMatch(/\b(round|range|loop)/);
  });
});

describe('a run in AWS, whose counters come at the end of a round', () => {
  const counted = { sinceMs: NOON, atMs: NOON + 100_000 };
  const at = (second: number): Progress => ({
    ...after(50),
    copy: { ...after(50).copy, inFlight: undefined, counted, ranges: { done: 3, total: 8 } },
    delete: { ...after(50).delete, inFlight: undefined, counted, running: 0 },
    ...(second < 0 && { plan: undefined }),
  });
  function screen(second: number, progress = at(second)) {
    const finder = new FactFinder(() => NOON + 1000 * second);
    return renderFacts(finder.look(progress), NO_TERMINAL).join('\n');
  }

  it('shows the average of the rounds that have ended, how old it is, and how many functions are done', () => {
    const shown = screen(130);
    expect(shown).toContain('(2 m 10 s)');
    expect(shown).toMatch(/50% {2}about 1 m 10 s left/);
    expect(shown).toMatch(/copied +500 of 1,000 +5 MB of 10 MB +5\.0\/s +50 kB\/s/);
    expect(shown).toContain('3 of 8 functions done  as of 30 s ago');
  });

  it('shows no time left when the estimate of the last round has passed', () => {
    expect(screen(199)).toContain('about 1 s left');
    expect(screen(201)).not.toContain('left');
  });

  it('invents no rate before the first round has ended', () => {
    const fresh = { sinceMs: NOON, atMs: NOON };
    const progress = at(5);
    const shown = screen(5, {
      ...progress,
      copy: loop({}, { counted: fresh, ranges: { done: 0, total: 1 } }),
      delete: loop({}, { counted: fresh, ranges: { done: 0, total: 1 } }),
    });
    expect(shown).not.toMatch(/\/s|left\b|ago/);
    expect(shown).toMatch(/0%\n.*copied +0 of 1,000/);
  });
});

describe('a log', () => {
  beforeEach(() => {
    jest.useFakeTimers({ now: NOON });
  });
  afterEach(() => jest.useRealTimers());

  it('has a line each half a minute with its time and the same facts, also while nothing happens', () => {
    const written: string[] = [];
    const display = new LinesDisplay('a → b', 0, (line) => written.push(line));
    for (let second = 0; second <= 30; second++) {
      display.update(after(second));
      jest.advanceTimersByTime(1000);
    }
    jest.advanceTimersByTime(30_000);
    display.end();
    jest.advanceTimersByTime(100_000);

    expect(written).toEqual([
      'a → b',
      '12:00:00 copying what is missing or changed, deleting orphans',
      '12:00:30 copied 290 of 1,000 (2.9 MB of 10 MB) 10/s 100 kB/s · deleted 50 of 50 · looked at 295 · same 5 · failed 0 · 64 in flight · 29% · about 1 m 20 s left',
      '12:01:00 copied 300 of 1,000 (3 MB of 10 MB) · deleted 50 of 50 · looked at 305 · same 5 · failed 0 · 64 in flight · 30%',
    ]);
  });
});

describe('the progress of a local run', () => {
  const phase = (name: Phase['name'], more: Partial<Phase> = {}): RangeInput =>
    ({
      round: 0,
      phase: { name, copy: true, delete: true, write: name !== 'plan' && name !== 'verify', ...more },
      run: {},
    }) as RangeInput;
  const applying = (name: Phase['name'], kept: Partial<KeptPlan>): RangeInput =>
    ({ ...phase(name), run: { plan: kept } }) as RangeInput;
  const result = (counters: Partial<Counters>, deleted?: number) => ({
    ...{ counters: { ...emptyCounters(), ...counters }, tokens: [], elapsedMs: 1 },
    ...(deleted !== undefined && { atDestination: { listed: 9, deleted, unchanged: 0, skipped: 0, failed: 0 } }),
  });

  it('knows the plan and what earlier phases did of it, until a phase that only looks', () => {
    const seen: Progress[] = [];
    const tracker = new ProgressTracker((progress) => seen.push(progress));

    tracker.follow('copy', phase('plan')).end(result({ copied: 7, copiedBytes: 70 }, 3));
    const assets = tracker.follow('copy', phase('assets', { delete: false }));
    assets.update({ counters: { ...emptyCounters(), copied: 2 }, inFlight: 4 });
    assets.end(result({ copied: 5 }));
    tracker.follow('copy', phase('pages', { delete: false })).end(result({ copied: 2 }));
    tracker.follow('copy', phase('verify')).end(result({}, 0));

    const known = { copies: 7, copiedBytes: 70, deletes: 3 };
    expect(seen.map(({ phase, plan }) => [phase, plan])).toEqual([
      ['plan', undefined],
      ['assets', known],
      ['assets', known],
      ['pages', known],
      ['verify', undefined],
    ]);
    expect(seen[0]?.copy.counters.deleted).toBe(3);
    expect(seen[1]?.copy).toMatchObject({ inFlight: 4, running: 1, counters: { copied: 2 } });
    expect(seen[3]?.earlier?.copy.copied).toBe(5);
    expect(seen[4]?.earlier).toBeUndefined();
  });

  it('takes nothing for planned that the plan did not look for', () => {
    const seen: Progress[] = [];
    const tracker = new ProgressTracker((progress) => seen.push(progress));
    tracker.follow('delete', phase('plan', { copy: false })).end(result({ deleted: 3 }));
    tracker.follow('copy', phase('sync')).end(result({ copied: 1 }));
    expect(seen.at(-1)?.plan).toEqual({ deletes: 3 });
  });

  it('knows the plan of an earlier run that it applies, and counts what is done of it already', () => {
    const seen: Progress[] = [];
    const tracker = new ProgressTracker((progress) => seen.push(progress));
    const range = applying('sync', { copies: 105, restores: 5, deletes: 100 });
    tracker.follow('copy', range).end(result({ copied: 10, unchanged: 40, skipped: 5, waiting: 5 }));
    tracker.follow('delete', range).update({
      counters: { ...emptyCounters(), deleted: 10, skipped: 40 },
      inFlight: 1,
    });
    const [last] = seen.slice(-1);
    if (!last) throw new Error('Expected progress, got none');

    const shown = renderFacts(new FactFinder(() => NOON).look(last), NO_TERMINAL).join('\n');

    expect(shown).toContain(' 50%');
    expect(shown).toMatch(/copied +10 of 100 .*\n {2}deleted +10 of 100/);
  });

  it('shows 100% at the end of a plan that turned out to be done already', () => {
    const seen: Progress[] = [];
    const tracker = new ProgressTracker((progress) => seen.push(progress));
    tracker.follow('copy', phase('plan')).end(result({ copied: 7, copiedBytes: 70 }, 3));
    const range = applying('assets', { copies: 7, restores: 0, deletes: 3 });
    tracker.follow('copy', range).end(result({ unchanged: 7 }));
    tracker.follow('delete', { ...range, phase: phase('deletes').phase }).end(result({ skipped: 3 }));

    const [last] = seen.slice(-1);
    expect(last && new FactFinder(() => NOON).look(last).percent).toBe(100);
  });
});
