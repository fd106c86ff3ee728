import { defaultDeleteLimit, type RunSummary, type SyncInput } from '../statemachine/contract';
import { isAboutSomeKeys } from '../statemachine/some-keys';

type Planned = Pick<RunSummary, 'input' | 'deployed' | 'phases' | 'error'>;

/** How many deletes of a plan somebody has to allow before a run does them; undefined: a run does them without a word. */
export function deletesToAllow({ input, deployed, phases, error }: Planned): number | undefined {
  const given = input as Partial<SyncInput>;
  const plan = phases.find(({ name }) => name === 'plan');
  if (error || !plan || isAboutSomeKeys(given) || mayEmpty(given, plan)) return undefined;
  if ((given.maxDeletes ?? deployed?.maxDeletes) !== undefined) return undefined;
  const { deleted } = plan.delete;
  return deleted > defaultDeleteLimit(plan.delete) ? deleted : undefined;
}

/** An empty source may empty the destination, if somebody has allowed that. */
function mayEmpty({ allowEmptySource }: Partial<SyncInput>, { copy }: RunSummary['phases'][number]): boolean {
  return allowEmptySource === true && copy.listed === copy.skipped;
}
