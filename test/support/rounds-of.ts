import type { Host } from '../../lambdas/engine/ports/host';

/**
 * Short rounds on any machine: each reading of the clock takes a millisecond, and nothing else takes time.
 *
 * @param readings  in the first, second, … round. With one, each walk stops as soon as it may
 */
export function roundsOf(...readings: readonly number[]): Pick<Host, 'now' | 'roundBudgetsMs'> {
  let now = Date.now();
  return { now: () => now++, roundBudgetsMs: readings };
}
