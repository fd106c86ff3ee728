import type { Run } from '../../../statemachine/contract';
import { type Globs, keyFilter } from './key-filter';

/**
 * Tells whether a relative key takes part in a run. The filters of the run, of its phase and of the deployment all decide. Those of
 * the phase and of the deployment are about the deployed folder, of which the run may mirror a part.
 */
export function runFilter({ input, deployed }: Pick<Run, 'input' | 'deployed'>, ...phases: readonly Globs[]) {
  if (!deployed) return keyFilter(input, ...phases);
  const takesPart = keyFilter(input);
  const isDeployed = keyFilter(deployed, ...phases);
  return (key: string) => takesPart(key) && isDeployed(`${deployed.folder}${key}`);
}
