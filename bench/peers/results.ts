import type { Run } from './run-tool';

export interface PeersResults {
  readonly tools: readonly {
    readonly name: string;
    readonly version: string;
    readonly flags: string;
    readonly missing?: string;
  }[];
  /** Of several runs of a tool in a case, the one that took the least time. */
  readonly runs: readonly Run[];
}
