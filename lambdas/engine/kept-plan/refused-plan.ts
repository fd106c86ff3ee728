import { InvalidInputError } from '../../../statemachine/errors';
import { type RunStore, runFolder } from '../ports/run-store';

/** Why a plan is refused whose summary says something else than its parts. */
export const OTHER_NUMBERS =
  'its summary.json does not fit together: somebody has changed it, or an older version of bucketsync has made the plan';

/** A plan that this run cannot apply. */
export function refusedPlan(id: string, why: string, store: RunStore): InvalidInputError {
  return new InvalidInputError(
    `Expected \`apply\` to be the id of a plan that can be applied, got "${id}": ${why}, in ${store.locate(`${runFolder(id)}/`)}. ` +
      'Make a plan with `dryRun`',
    { field: 'apply' },
  );
}
