import fc from 'fast-check';
import { Pace } from '../../../lambdas/engine/report/pace';
import { Tally } from '../../../lambdas/engine/report/tally';
import type { ReportLine } from '../../../statemachine/contract';

const BEGAN = Date.parse('2026-03-14T02:31:15.000Z');

const line = fc
  .record({
    time: fc.integer({ min: 0, max: 4_000_000 }).map((ms) => new Date(BEGAN + ms).toISOString()),
    key: fc.stringMatching(/^([a-c]{1,2}\/)?[a-z]{1,3}$/),
    action: fc.constantFrom('copy', 'copy', 'delete', 'skip', 'compare'),
    reason: fc.constantFrom('missing', 'size', 'etag'),
    sizeBytes: fc.nat(1_000_000),
    error: fc.option(fc.constant('AccessDenied'), { nil: undefined }),
  })
  .map((given) => {
    const { error, ...rest } = given;
    const outcome = error ? 'failed' : 'done';
    return { phase: 'sync', outcome, eTag: '', ...rest, ...(error && { error }) } as ReportLine;
  });

function tallyOf(lines: readonly ReportLine[]): Tally {
  const tally = new Tally();
  for (const one of lines) tally.add(one);
  return tally;
}

/** Samples of failures are those that come first. */
const withoutSamples = (tally: Tally) => {
  const { failures, ...rest } = tally.toDocument();
  const counts = failures.map(({ samples: _, ...sum }) => sum);
  return { ...rest, failures: counts.sort((a, b) => (`${a.action} ${a.reason}` < `${b.action} ${b.reason}` ? -1 : 1)) };
};

it('is the same, whether one Task has written all lines or several have each written some', () => {
  fc.assert(
    fc.property(fc.array(fc.array(line, { maxLength: 30 }), { maxLength: 5 }), (tasks) => {
      const sum = new Tally();
      for (const lines of tasks) sum.addAll(JSON.parse(JSON.stringify(tallyOf(lines).toDocument())));
      const sizes = ({ largest }: ReturnType<typeof withoutSamples>) => largest.map(({ sizeBytes }) => sizeBytes);

      const [{ largest: _a, pace: _b, ...joined }, { largest: _c, pace: _d, ...whole }] = [
        withoutSamples(sum),
        withoutSamples(tallyOf(tasks.flat())),
      ];
      expect(joined).toEqual(whole);
      expect(sizes(withoutSamples(sum))).toEqual(sizes(withoutSamples(tallyOf(tasks.flat()))));
    }),
  );
});

it('stays small, however many folders, reasons and long messages there are', () => {
  const tally = new Tally();
  for (let index = 0; index < 20_000; index++) {
    const key = `folder-${index}/${'k'.repeat(900)}`;
    const time = new Date(BEGAN + index * 60_000).toISOString();
    const one = { time, phase: 'sync', key, sizeBytes: index, eTag: '' } as const;
    tally.add({ ...one, action: 'copy', outcome: 'done', reason: 'missing' });
    const failed = { ...one, action: 'copy', outcome: 'failed', reason: `reason-${index}` } as const;
    if (index < 2_000) tally.add({ ...failed, error: 'e'.repeat(10_000) } as ReportLine);
  }
  const document = tally.toDocument();
  expect(JSON.stringify(document).length).toBeLessThan(1_000_000);
  expect(document.failures.reduce((sum, { objects }) => sum + objects, 0)).toBe(2_000);
});

describe('the pace', () => {
  const step = fc.record({ at: fc.nat(100_000_000), copied: fc.nat(50), bytes: fc.nat(10_000), deleted: fc.nat(50) });

  it('counts everything once in 240 steps at most, over whatever time, also if it is put together from several', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(step, { minLength: 1, maxLength: 40 }), { minLength: 1, maxLength: 4 }),
        (tasks) => {
          const sum = new Pace();
          for (const steps of tasks) {
            const pace = new Pace();
            for (const { at, ...done } of steps) pace.add(BEGAN + at, done);
            const document = pace.toDocument();
            if (document) sum.addAll(document);
          }
          const document = sum.toDocument();
          const all = tasks.flat().filter(({ copied, deleted }) => copied + deleted > 0);
          const total = (numbers: readonly number[] = []) => numbers.reduce((a, b) => a + b, 0);
          expect(total(document?.copied)).toBe(total(all.map(({ copied }) => copied)));
          expect(total(document?.deleted)).toBe(total(all.map(({ deleted }) => deleted)));
          expect(document?.copied.length ?? 0).toBeLessThanOrEqual(240);
        },
      ),
    );
  });

  it('puts each action at the time when it was done', () => {
    const pace = new Pace();
    for (const at of [0, 500, 3_000]) pace.add(BEGAN + at, { copied: 1, bytes: 10, deleted: 0 });
    expect(pace.toDocument()).toEqual({
      startedAt: BEGAN,
      stepMs: 1_000,
      copied: [2, 0, 0, 1],
      bytes: [20, 0, 0, 10],
      deleted: [0, 0, 0, 0],
    });
  });
});
