import type { Phase, Run } from '../../../statemachine/contract';
import type { BucketProbes } from '../ports/bucket-probes';
import type { Buckets } from '../ports/bucket-writer';
import type { Samples } from './find-samples';

/** What trial requests of a run need. */
export interface Probing {
  readonly run: Run;
  readonly phases: readonly Phase[];
  readonly buckets: Buckets;
  readonly probes: BucketProbes;
  readonly samples: Samples;
  /** Unique. It is part of the keys that are tried. */
  readonly id: string;
  /** Of the server, if it is not AWS. */
  readonly endpoint?: string;
}
