/** A deliberate bug: one place of the source, and what would stand there. */
export interface Mutant {
  /** The bug, as somebody would make it. */
  readonly bug: string;
  readonly file: string;
  /** Stands in the file exactly once. */
  readonly search: string;
  readonly replace: string;
  /** Below `test/`, without `.test.ts`: the suites that have to notice. */
  readonly suites: readonly string[];
  /** The title of a test in the first of them that notices the bug, or a part of it as it stands there. It runs first, and mostly alone. */
  readonly killer?: string;
  /** If the killer notices the bug because it never ends: many times the processor time that it usually takes. */
  readonly cpuSeconds?: number;
}
