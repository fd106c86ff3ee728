import fc from 'fast-check';
import type { Amounts } from '../../cli/output/progress/amounts';
import { type Rates, ratesOver, type Sample, WINDOW_MS, withSample } from '../../cli/output/progress/rates';
import { msLeft, percentDone, smoothEnd, type Work, workOf } from '../../cli/output/progress/time-left';
import { randomCases } from '../support/length';

const cases = randomCases({ quick: 150, full: 2000 });
const count = fc.integer({ min: 0, max: 1e12 });

const amountsAt = (done: number): Rates => ({
  ...{ lookedAt: done, copied: done },
  ...{ copiedBytes: 1000 * done, deleted: done },
});

/** Steps of a clock and of the work: milliseconds, and objects meanwhile. */
const steps = fc.array(fc.tuple(fc.integer({ min: 0, max: 5_000 }), fc.integer({ min: 0, max: 10_000 })), {
  minLength: 1,
  maxLength: 80,
});

function samplesOf(given: readonly (readonly [number, number])[]): Sample[] {
  let [atMs, done] = [1_000_000, 0];
  return [
    { atMs, amounts: amountsAt(done) },
    ...given.map(([ms, objects]) => {
      atMs += ms;
      done += objects;
      return { atMs, amounts: amountsAt(done) };
    }),
  ];
}

const keep = (samples: readonly Sample[]) => samples.reduce<readonly Sample[]>(withSample, []);

describe('a rate', () => {
  it('is the work since the window began, divided by that time', () => {
    fc.assert(
      fc.property(steps, (given) => {
        const samples = samplesOf(given);
        const kept = keep(samples);
        const [first, last] = [kept[0] as Sample, samples.at(-1) as Sample];
        const seconds = (last.atMs - first.atMs) / 1000;

        const rates = ratesOver(kept);

        expect(kept.at(-1)).toBe(last);
        expect(samples).toContain(first);
        if (seconds < 1) expect(rates).toBeUndefined();
        else expect(rates?.copied).toBeCloseTo((last.amounts.copied - first.amounts.copied) / seconds, 6);
      }),
      cases,
    );
  });

  it('does not depend on what happened before the window', () => {
    fc.assert(
      fc.property(steps, steps, (before, given) => {
        // Given the same last seconds after a different beginning
        const earlier = samplesOf(before);
        const { atMs, amounts } = earlier.at(-1) as Sample;
        const recent = samplesOf([[WINDOW_MS, 0], ...given]).map((sample) => ({
          atMs: sample.atMs + atMs,
          amounts: amountsAt(sample.amounts.copied + amounts.copied),
        }));

        const [alone, after] = [keep(recent), keep([...earlier, ...recent])].map(ratesOver);

        expect(after?.copied).toBeCloseTo(alone?.copied ?? 0, 6);
      }),
      cases,
    );
  });

  it('keeps few samples, in order, and is never below zero', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.integer({ min: -5, max: 60 }), fc.integer({ min: -3, max: 50 }))), (given) => {
        // Given a clock that may be set back, and counters that may fall because a Task was lost
        const kept = keep(samplesOf(given.flatMap((step) => [step, step, step])));

        expect(kept.length).toBeLessThanOrEqual(2 + WINDOW_MS / 125);
        expect(kept).toEqual([...kept].sort((a, b) => a.atMs - b.atMs));
        for (const rate of Object.values(ratesOver(kept) ?? {})) expect(rate).toBeGreaterThanOrEqual(0);
      }),
      cases,
    );
  });

  it('is the pace of now where it was another one before: it does not average the whole run', () => {
    const slow = Array.from({ length: 600 }, () => [1_000, 1] as const);
    const fast = Array.from({ length: 10 }, () => [1_000, 500] as const);
    expect(ratesOver(keep(samplesOf([...slow, ...fast])))?.copied).toBe(500);
  });
});

const work: fc.Arbitrary<Work> = fc.record({
  done: count,
  total: count,
  perSecond: fc.option(fc.double({ min: 0, max: 1e9, noNaN: true }), { nil: undefined }),
});

describe('the time left', () => {
  it('is long enough for each kind of work at its rate, and not longer than the slowest one needs', () => {
    fc.assert(
      fc.property(work, work, work, (copies, bytes, deletes) => {
        const kinds = [copies, bytes, deletes];
        const open = kinds.filter(({ done, total }) => done < total);
        const left = msLeft({ copies, bytes, deletes });

        if (open.some(({ perSecond }) => !perSecond)) expect(left).toBeUndefined();
        else if (open.length === 0) expect(left).toBe(0);
        else if (left !== undefined) {
          const after = open.map(({ done, total, perSecond = 0 }) => (done + (perSecond * left) / 1000) / total);
          expect(Math.min(...after)).toBeCloseTo(1, 6);
        }
      }),
      cases,
    );
  });

  it('moves towards the newest estimate, never past it, and stays where the estimate does', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.integer({ min: 0, max: 60_000 }), count), { minLength: 1 }), (given) => {
        let atMs = 0;
        let end: Parameters<typeof smoothEnd>[0];
        for (const [ms, newest] of given) {
          atMs += ms;
          const before = end?.endMs ?? newest;
          end = smoothEnd(end, { endMs: newest, atMs });
          expect(end.endMs).toBeGreaterThanOrEqual(Math.min(before, newest) - 1e-3);
          expect(end.endMs).toBeLessThanOrEqual(Math.max(before, newest) + 1e-3);
          expect(smoothEnd(end, { endMs: end.endMs, atMs: atMs + 1 }).endMs).toBeCloseTo(end.endMs, 3);
        }
      }),
      cases,
    );
  });
});

const amounts: fc.Arbitrary<Amounts> = fc.record({
  ...{ lookedAt: count, same: count, skipped: count, copied: count, copiedBytes: count, deleted: count },
  ...{ failedCopies: count, failedDeletes: count, needlessCopies: count, needlessDeletes: count },
});

describe('the percentage', () => {
  it('is from 0 to 100, and 100 only if nothing planned is left', () => {
    fc.assert(
      fc.property(amounts, count, count, count, (done, copies, copiedBytes, deletes) => {
        const planned = workOf({ copies, copiedBytes, deletes }, done, true);
        const percent = planned && percentDone(planned);

        if (copies + deletes === 0) expect(percent).toBeUndefined();
        else {
          expect(percent).toBeGreaterThanOrEqual(0);
          expect(percent).toBeLessThanOrEqual(100);
          const areObjectsDone =
            done.copied + done.failedCopies + done.needlessCopies >= copies &&
            done.deleted + done.failedDeletes + done.needlessDeletes >= deletes;
          if (areObjectsDone) expect(percent).toBe(100);
          else expect(percent).toBeLessThan(100);
        }
      }),
      cases,
    );
  });

  it.each([
    ['there is no plan', undefined],
    ['the plan is about deletes alone, and the phase copies', { deletes: 9 }],
  ])('is unknown if %s', (_, plan) => {
    const none = { lookedAt: 0, same: 0, skipped: 0, copied: 0, copiedBytes: 0, deleted: 0 };
    const others = { failedCopies: 0, failedDeletes: 0, needlessCopies: 0, needlessDeletes: 0 };
    expect(workOf(plan, { ...none, ...others }, true)).toBeUndefined();
  });
});
