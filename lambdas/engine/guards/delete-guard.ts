import {
  allowedDeletes,
  type Counters,
  defaultDeleteLimit,
  type EndedLoop,
  type Phase,
  type Run,
  takingPart,
} from '../../../statemachine/contract';
import { DeleteGuardError } from '../../../statemachine/errors';
import { isAboutSomeKeys } from '../../../statemachine/some-keys';
import { formatCount } from '../../../wording/numbers';
import { count, describeLimit, howToAllow } from './words';

type Loops = { readonly copy: EndedLoop; readonly delete: EndedLoop };

/** A plan has counted the destination, so a percentage in `maxDeletes` becomes a count. The deletes keep to this count. */
export function withDeleteLimit(run: Run, phase: Phase, deletes: Counters): Run {
  const limits = limitsOf(run);
  if (phase.name !== 'plan' || limits.length === 0) return run;
  return { ...run, deleteLimit: Math.min(...limits.map((limit) => allowedDeletes(limit, deletes))) };
}

/** Refuses a plan with more deletes than allowed, and ends the deletes if the source lost objects after the plan. */
export function tooManyDeletes(phase: Phase, run: Run, loops: Loops): DeleteGuardError | undefined {
  const limit = run.deleteLimit;
  if (limit === undefined) return tooManyByDefault(phase, run, loops);
  if (phase.name === 'verify') return undefined;
  const {
    counters: { deleted, failed },
    lostDeletes,
  } = loops.delete;
  if (deleted + failed + lostDeletes <= limit) return undefined;
  const maxDeletes = describeLimit(limitsOf(run), limit);
  if (phase.name === 'plan') {
    return new DeleteGuardError(
      `${wouldDelete(loops)}, and \`maxDeletes\` allows ${maxDeletes}. Nothing was deleted. Check the source; if it is right, allow ` +
        `more deletes with ${howToAllow('maxDeletes', deleted + failed)}`,
    );
  }
  if (deleted + failed <= limit) {
    return new DeleteGuardError(
      `A function was lost that may have deleted up to ${count(lostDeletes, 'object')}. They count for \`maxDeletes\`, which allows ` +
        `${maxDeletes}. ${count(deleted, 'object')} deleted for certain, and ${count(failed, 'orphan')} left. Start the run again: its plan ` +
        'counts what is left',
    );
  }
  return new DeleteGuardError(
    `The source lost objects after the plan: ${count(deleted + failed, 'orphan')} at the destination, and \`maxDeletes\` ` +
      `allows ${maxDeletes}. ${count(deleted, 'object')} deleted, no more${describeLost(lostDeletes)}. Check the source; if it ` +
      'is right, allow more deletes',
  );
}

/**
 * Without `maxDeletes`, a plan that deletes most of the destination is most likely one from the wrong source.
 *
 * | a plan | is not judged, because |
 * | --- | --- |
 * | of a dry run | it shows what would be deleted |
 * | of a retry, or of a list of keys | it is about keys that somebody named, and does not list the destination |
 * | although `plan` is false | it only looks whether the source has content |
 * | of an empty source with `allowEmptySource` | this allows to empty the destination |
 */
function tooManyByDefault({ name }: Phase, { input }: Run, loops: Loops): DeleteGuardError | undefined {
  const isAllowedToEmpty = input.allowEmptySource && loops.copy.content === undefined;
  if (name !== 'plan' || input.dryRun || isAboutSomeKeys(input) || input.plan === false || isAllowedToEmpty)
    return undefined;
  const { deleted } = loops.delete.counters;
  const limit = defaultDeleteLimit(loops.delete.counters);
  if (deleted <= limit) return undefined;
  return new DeleteGuardError(
    `${wouldDelete(loops)}. Without \`maxDeletes\` a run may delete 100 objects, or half of those taking part if that is more: here ` +
      `${formatCount(limit)}. Nothing was written. Check the source and the destination; if both are right, allow more deletes with ` +
      howToAllow('maxDeletes', deleted),
  );
}

function wouldDelete(loops: Loops): string {
  const all = takingPart({ copy: loops.copy.counters, delete: loops.delete.counters }, true);
  return `The run would delete ${formatCount(loops.delete.counters.deleted)} of the ${count(all, 'object')} taking part at the destination`;
}

function limitsOf({ input, deployed }: Run): (number | string)[] {
  return [input.maxDeletes, deployed?.maxDeletes].filter((limit) => limit !== undefined);
}

function describeLost(lostDeletes: number): string {
  return lostDeletes === 0
    ? ''
    : `, except for up to ${formatCount(lostDeletes)} that a lost function may have deleted`;
}
