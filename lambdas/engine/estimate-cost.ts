import type { FinishedPhase, RunSummary } from '../../statemachine/contract';

/** List prices of us-east-1 in US dollars, as of November 2026. Deletes are free. */
const PRICES = {
  listOrCopy: 0.005 / 1000,
  head: 0.0004 / 1000,
  stateTransition: 0.025 / 1000,
  lambdaRequest: 0.2 / 1_000_000,
  /** arm64. */
  lambdaGbSecond: 0.0000133334,
} as const;

/** State transitions of a run besides its phases, of a phase besides its rounds, of a round, and of a range. */
const TRANSITIONS = { run: 6, phase: 7, round: 3, range: 2 } as const;

/**
 * What a run cost in US dollars, at list price and without data transfer. The requests count wherever it ran; Lambda
 * and Step Functions only where it was deployed.
 *
 * @param rangeMemoryMib  memory of the functions that work on ranges; undefined where it was not deployed
 */
export function estimateCost(
  phases: readonly FinishedPhase[],
  rangeMemoryMib: number | undefined,
): RunSummary['estimatedCostUsd'] {
  const loops = phases.flatMap((phase) => [phase.copy, phase.delete]);
  const sum = (value: (loop: (typeof loops)[number]) => number) =>
    loops.reduce((total, loop) => total + value(loop), 0);
  const ranges = sum((loop) => loop.ranges);
  const rounds = sum((loop) => loop.rounds);
  const items = {
    s3List: sum(({ counters }) => counters.requests.list) * PRICES.listOrCopy,
    s3Copy: sum(({ counters }) => counters.requests.copy + counters.requests.other) * PRICES.listOrCopy,
    s3Head: sum(({ counters }) => counters.requests.head) * PRICES.head,
    ...(rangeMemoryMib !== undefined && {
      stepFunctions:
        (TRANSITIONS.run +
          phases.length * TRANSITIONS.phase +
          rounds * TRANSITIONS.round +
          ranges * TRANSITIONS.range) *
        PRICES.stateTransition,
      lambda:
        (ranges + rounds + phases.length + 2) * PRICES.lambdaRequest +
        ((sum((loop) => loop.busyMs) / 1000) * rangeMemoryMib * PRICES.lambdaGbSecond) / 1024,
    }),
  };
  const rounded = Object.fromEntries(Object.entries(items).map(([item, usd]) => [item, round(usd)]));
  return { total: round(Object.values(items).reduce((total, usd) => total + usd, 0)), items: rounded };
}

/** To a millionth of a dollar. */
function round(usd: number): number {
  return Math.round(usd * 1e6) / 1e6;
}
