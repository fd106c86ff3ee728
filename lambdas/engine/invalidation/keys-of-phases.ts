import type { Phase, Run } from '../../../statemachine/contract';
import { copyingSteps, deletingSteps } from '../../../statemachine/input/copying-steps';
import { runFilter } from '../keys/run-filter';
import type { InvalidateInput } from './paths-of-key';

/** Whether a delete of a key may have been begun in the phases that are left. */
export function deletedIn(
  run: Run,
  begun: readonly Phase['name'][],
  left: readonly Phase['name'][],
): (key: string) => boolean {
  if (!begun.includes('first-deletes')) return () => true;
  const filters = deletingSteps(run.input)
    .filter(({ name }) => left.includes(name))
    .map((step) => runFilter(run, step));
  return (key) => filters.some((takesPart) => takesPart(key));
}

/** Whether a copy of a key may have been begun in one of these phases. */
export function copiedIn(run: Run, phases: readonly Phase['name'][]): (key: string) => boolean {
  const steps = copyingSteps(run.input).filter(({ name }) => phases.includes(name));
  const filters = steps.map((step) => runFilter(run, step));
  return (key) => phases.includes('sync') || filters.some((takesPart) => takesPart(key));
}

export function isPage(key: string, { indexDocument }: Pick<InvalidateInput, 'indexDocument'>): boolean {
  return (
    /\.html?$/i.test(key) || (indexDocument !== '' && (key === indexDocument || key.endsWith(`/${indexDocument}`)))
  );
}
