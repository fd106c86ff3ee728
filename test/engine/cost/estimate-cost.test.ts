import { estimateCost } from '../../../lambdas/engine/cost/estimate-cost';
import {
  emptyCounters,
  type FinishedPhase,
  RANGE_MEMORY_MIB,
  type RequestCounters,
} from '../../../statemachine/contract';

const loop = (requests: Partial<RequestCounters>, rounds = 1, ranges = 1, busyMs = 0, mapRanges = ranges) => ({
  counters: { ...emptyCounters(), requests: { ...emptyCounters().requests, ...requests } },
  rounds,
  ranges,
  mapRanges,
  busyMs,
});
/** As an estimate is rounded. */
const round = (usd: number) => Math.round(usd * 1e6) / 1e6;
const phase = (copy: FinishedPhase['copy'], deletes: FinishedPhase['delete']): FinishedPhase => ({
  name: 'sync',
  copy,
  delete: deletes,
});

it('counts the requests of both loops and all phases at list price; deletes cost nothing', () => {
  // 2,000 lists and 3,000 copies at $0.005 a thousand, 10,000 HEADs at $0.0004 a thousand
  const phases = [
    phase(loop({ list: 500, copy: 2500, head: 10_000 }), loop({ list: 500, delete: 1_000_000 })),
    phase(loop({ list: 1000, other: 500 }), loop({})),
  ];
  expect(estimateCost(phases, undefined)).toMatchObject({
    total: 0.029,
    items: { s3List: 0.01, s3Copy: 0.015, s3Head: 0.004 },
  });
});

it('adds Step Functions and Lambda if the run was deployed', () => {
  // One phase, 4 rounds, 200 ranges of 60 s each: 6 + 7 + 12 + 400 transitions, 207 invocations
  const { total, items } = estimateCost(
    [phase(loop({}, 2, 100, 6_000_000), loop({}, 2, 100, 6_000_000))],
    RANGE_MEMORY_MIB,
  );
  expect(items.stepFunctions).toBeCloseTo((425 * 0.025) / 1000, 5);
  expect(items.lambda).toBeCloseTo(12_000 * (RANGE_MEMORY_MIB / 1024) * 0.0000133334 + 207 * 0.0000002, 4);
  expect(total).toBeCloseTo((items.stepFunctions ?? 0) + (items.lambda ?? 0), 5);
});

it('counts no children for a round without a Map', () => {
  // 6 + 7 + 4 rounds of 3 transitions, of which one had a Map of 5 children with 2 each
  const { items } = estimateCost([phase(loop({}, 3, 7, 0, 5), loop({}, 1, 1, 0, 0))], RANGE_MEMORY_MIB);

  expect(items.stepFunctions).toBe(round(((6 + 7 + 12 + 10) * 0.025) / 1000));
});

it('charges a local run only its requests, and a run that did not begin nothing', () => {
  expect(estimateCost([], undefined)).toMatchObject({ total: 0, items: { s3List: 0, s3Copy: 0, s3Head: 0 } });
  expect(estimateCost([phase(loop({}), loop({}))], undefined).items).not.toHaveProperty('lambda');
});

it('adds what classes, keys and early deletes cost to the price of the requests', () => {
  const counters = { ...emptyCounters(), requests: { ...emptyCounters().requests, copy: 1000, head: 1000 } };
  // in billionths of a dollar
  const surcharges = { copy: 5_000_000, head: 600_000, retrieval: 20_000_000, earlyDelete: 3_000_000, kms: 6_000_000 };
  const { total, items } = estimateCost(
    [
      phase(
        { ...loop({}), counters: { ...counters, surcharges } },
        { ...loop({}), counters: { ...emptyCounters(), surcharges: { earlyDelete: 1_000_000 } } },
      ),
    ],
    undefined,
  );

  expect(items).toEqual({
    s3List: 0,
    s3Copy: 0.005 + 0.005,
    s3Head: 0.0004 + 0.0006,
    s3Retrieval: 0.02,
    s3EarlyDelete: 0.004,
    kms: 0.006,
  });
  expect(total).toBeCloseTo(0.041, 6);
});

it('lists the costs that it leaves out, and more of them if Lambda and Step Functions ran', () => {
  const here = estimateCost([], undefined).notIncluded ?? [];

  expect(here).toContain('KMS requests to read the source');
  expect(here).not.toContain('logs and traces');
  expect(estimateCost([], RANGE_MEMORY_MIB).notIncluded).toEqual([...here, 'logs and traces']);
});
