import type { Exchange } from './exchange';
import type { Lab } from './lab';

export type StageId = 'A' | 'B' | 'C' | 'D' | 'E' | 'F' | 'G' | 'H';

export interface Estimate {
  readonly requests: number;
  readonly usd: number;
}

/** One thing that bucketsync takes for granted about AWS. */
export interface Assumption {
  /** `D3`: its stage, and its place in it. */
  readonly id: string;
  /** A true sentence if AWS does as assumed. */
  readonly says: string;
  /** The AWS document that says so, or the part of bucketsync that depends on it. */
  readonly source: string;
  /** What `observe` must come to. Absent: nothing depends on it, it is only measured. */
  readonly expected?: string;
  /** The option that asks for it, where its stage has several. */
  readonly option?: keyof StageOptions;
  /** What it adds to the estimate of its stage. */
  readonly estimate?: Estimate;
  /** Without it the stages that need this one are skipped. */
  readonly essential?: true;
  /** Its answers depend on which request is served first, so that they make no fixture. */
  readonly recorded?: false;
  /** Tries it out. What it throws is what was observed. */
  observe(lab: Lab): Promise<string>;
}

/** Assumptions that are tried out one after the other; each of them sets up what it needs. */
export interface Stage {
  readonly id: StageId;
  readonly title: string;
  /** Stages whose essential assumptions must hold. */
  readonly needs: readonly StageId[];
  /** Any of these options asks for it; absent: it belongs to every run. */
  readonly options?: readonly (keyof StageOptions)[];
  /** Roughly, without what single assumptions say for themselves. */
  readonly estimate: Estimate;
  readonly assumptions: readonly Assumption[];
}

/** What costs more, takes longer, or needs more permissions is asked for by name. */
export interface StageOptions {
  readonly iam?: boolean;
  readonly deploy?: boolean;
  readonly secondRegion?: string;
  readonly large?: boolean;
  readonly kms?: boolean;
  readonly load?: boolean;
}

export type Verdict = 'as assumed' | 'different' | 'measured' | 'not run';

/** What came of an assumption. */
export interface Finding {
  readonly id: string;
  readonly stage: StageId;
  readonly says: string;
  readonly source: string;
  readonly expected?: string;
  readonly observed?: string;
  readonly verdict: Verdict;
  /** Why it was not run. */
  readonly reason?: string;
  /** The requests and answers of a difference, as they were on the wire but for what is secret. */
  readonly exchanges?: readonly Exchange[];
}
