import type { Command } from 'commander';

/** A promise of the project about speed or size, and whether this run kept it. */
export interface Verdict {
  readonly claim: string;
  readonly holds: boolean;
  /** The number that was measured, as a person would write it. */
  readonly measured: string;
}

export interface Table {
  readonly title: string;
  readonly headings: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** How many columns at the left hold words. */
  readonly labels: number;
}

/**
 * One kind of measurement. `Results` is data only and has one field for each thing measured: it is the JSON document,
 * and the tables are made of it, now or from the file that it was saved in.
 */
export interface Suite<Results extends object, Options extends object> {
  readonly name: string;
  readonly summary: string;
  addOptions(command: Command): Command;
  /** @param log  gets lines about the progress */
  measure(options: Options, log: (line: string) => void): Promise<Results>;
  tables(results: Results): Table[];
  /** What does not hold makes the command fail; nothing is judged where the sizes are too small to tell. */
  judge(results: Results): Verdict[];
  /** New results over those saved before, where a run measures only a part. */
  merge?(saved: Results, fresh: Results): Results;
}

// biome-ignore lint/suspicious/noExplicitAny: a list of suites holds each with its own results and options
export type AnySuite = Suite<any, any>;
