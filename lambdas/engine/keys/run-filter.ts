import type { Run } from '../../../statemachine/contract';
import { type Globs, keyFilter } from './key-filter';

/** Tells whether a relative key takes part in a run. The filters of the run, of its phase and of the deployment all decide. */
export function runFilter({ input, deployed }: Pick<Run, 'input' | 'deployed'>, ...phases: readonly Globs[]) {
  const takesPart = keyFilter(input, ...phases);
  if (!deployed) return takesPart;
  const isDeployed = keyFilter(deployed);
  return (key: string) => takesPart(key) && isDeployed(`${deployed.folder}${key}`);
}
