import { availableParallelism, cpus, totalmem } from 'node:os';
import { version } from '../../package.json';

/** Where and with what a suite was measured. */
export interface Circumstances {
  readonly suite: string;
  readonly command: string;
  readonly machine: { readonly cpu: string; readonly cores: number; readonly memoryGiB: number };
  readonly versions: { readonly bucketsync: string; readonly node: string };
}

/** The JSON document of a suite: its circumstances, and beside them the results. */
export type BenchDocument<Results extends object> = Circumstances & Results;

export function circumstances(suite: string): Circumstances {
  return {
    suite,
    command: `npm run bench -- ${suite}`,
    machine: {
      cpu: cpus()[0]?.model ?? 'unknown',
      cores: availableParallelism(),
      memoryGiB: Math.round(totalmem() / 1024 ** 3),
    },
    versions: { bucketsync: version, node: process.versions.node },
  };
}
