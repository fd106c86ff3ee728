/**
 * Long suites have two lengths: `npm test` runs a fixed part of their cases, and `npm run test:all` runs all
 * of them, random ones with a new seed each time. This is the one place that tells which it is.
 */
const FULL = process.env.FULL === '1';

/** What `fast-check` is told; PROPERTY_RUNS asks for any number of cases, at either length. */
export function randomCases(runs: { readonly quick: number; readonly full: number }): {
  readonly numRuns: number;
  readonly seed?: number;
} {
  const { PROPERTY_RUNS } = process.env;
  if (PROPERTY_RUNS !== undefined) return { numRuns: Number(PROPERTY_RUNS) };
  return FULL ? { numRuns: runs.full } : { numRuns: runs.quick, seed: 20 };
}

/** All rows at full length, else each third and so on, from one of them on. */
export function everyNth<Row>(step: number, rows: readonly Row[], from = 0): readonly Row[] {
  const each = Math.min(step, rows.length);
  return FULL ? rows : rows.filter((_row, index) => index % each === from % each);
}

/** How many objects a case takes, where few show the same as many; or in which way it is run. */
export function atLength<Value>(values: { readonly quick: Value; readonly full: Value }): Value {
  return FULL ? values.full : values.quick;
}

/** For cases that are made by other means than `fast-check`. */
export function randomSeed(): number {
  return FULL ? Date.now() % 1_000_000 : 20;
}
