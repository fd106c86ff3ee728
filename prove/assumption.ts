import type { Exchange } from './exchange';
import type { Lab } from './lab';
import type { StageId, StageOptions } from './stage-options';

export interface Estimate {
  readonly requests: number;
  readonly usd: number;
}

/** One assumption that bucketsync makes about AWS. */
export interface Assumption {
  /** `D3`: its stage, and its number within the stage. */
  readonly id: string;
  /** A sentence that is true if AWS does as assumed. */
  readonly says: string;
  /** The AWS document that says so, or the part of bucketsync that depends on it. */
  readonly source: string;
  /** The result that `observe` must have. Absent: nothing depends on the result, it is only measured. */
  readonly expected?: string;
  /** The option that selects it, if its stage has several options. */
  readonly option?: keyof StageOptions;
  /** What it adds to the estimate of its stage. */
  readonly estimate?: Estimate;
  /** If it fails, the stages that depend on this one are skipped. */
  readonly essential?: true;
  /** Its answers depend on which request is served first, so they cannot be a fixture. */
  readonly recorded?: false;
  /** Tests the assumption. If it throws, the error is the observation. */
  observe(lab: Lab): Promise<string>;
}

/** Assumptions that are tested one after the other. Each of them sets up what it requires. */
export interface Stage {
  readonly id: StageId;
  readonly title: string;
  /** Stages whose essential assumptions must hold. */
  readonly needs: readonly StageId[];
  /** Any of these options selects the stage. Absent: the stage belongs to every run. */
  readonly options?: readonly (keyof StageOptions)[];
  /** An estimate, without the costs that single assumptions add. */
  readonly estimate: Estimate;
  readonly assumptions: readonly Assumption[];
}

export type Verdict = 'as assumed' | 'different' | 'measured' | 'not run';

/** The result of testing an assumption. */
export interface Finding {
  readonly id: string;
  readonly stage: StageId;
  readonly says: string;
  readonly source: string;
  readonly expected?: string;
  readonly observed?: string;
  readonly verdict: Verdict;
  /** Why it was not tested. */
  readonly reason?: string;
  /** The requests and answers of a difference as they were on the wire, without secrets. */
  readonly exchanges?: readonly Exchange[];
}
