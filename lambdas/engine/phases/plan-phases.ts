import type { Phase, SyncInput } from '../../../statemachine/contract';
import { copyingSteps, deletingSteps } from '../../../statemachine/input/copying-steps';
import { writesNothing } from '../../../statemachine/writes-nothing';

/**
 * The phases of a run, in order.
 *
 * | input | phases |
 * | --- | --- |
 * | `dryRun` | plan |
 * | `mode: "mirror"`, no `order` | sync |
 * | `mode: "publish"`, or `order` | the steps that copy, then deletes, so that a page never names an asset that is absent |
 * | either of them, with `decidesFirst` | what may refer to others is deleted before the rest, in `first-deletes` |
 * | `decidesFirst`, with any of them | first a plan of copies and deletes, which the phases after it apply |
 * | `maxDeletes`, without it | first a plan of the deletes, so that the limit is checked before the first write |
 * | `maxOverwrites`, `maxCost`, `strict` or `plan`, without it | first a plan of copies and deletes |
 * | `mayBeEmpty`, without it | first a plan of copies and deletes, to see whether any object of the source takes part |
 * | `verify`, unless `dryRun` | verify last |
 */
export function planPhases(input: SyncInput, options: PlanOptions = {}): Phase[] {
  const whole = describePhase('plan', { copy: true, delete: input.delete });
  if (input.dryRun) return [whole];
  const first = options.decidesFirst ? [whole] : guardPhases(input, options);
  return [...first, ...mirrorPhases(input, options), ...verifyPhases(input)];
}

export interface PlanOptions {
  /** No object of the source is known to take part. */
  readonly mayBeEmpty?: boolean;
  /** The run makes a plan, keeps it, and applies it. */
  readonly decidesFirst?: boolean;
}

function guardPhases(input: SyncInput, { mayBeEmpty = false }: PlanOptions): Phase[] {
  const { delete: deletes, maxDeletes, maxOverwrites, maxCost, plan, strict } = input;
  const isPlanned = plan === true || (strict && plan !== false);
  const plansAll = isPlanned || maxOverwrites !== undefined || maxCost !== undefined || (deletes && mayBeEmpty);
  if (!plansAll && (!deletes || maxDeletes === undefined)) return [];
  return [describePhase('plan', { copy: plansAll, delete: deletes })];
}

function mirrorPhases(input: SyncInput, options: PlanOptions): Phase[] {
  const { delete: deletes } = input;
  const steps = copyingSteps(input);
  if (steps.length === 0) return [describePhase('sync', { copy: true, delete: deletes })];
  return [
    ...steps.map(({ name, include, exclude }) => describePhase(name, { copy: true, delete: false, include, exclude })),
    ...(deletes ? deletePhases(input, options) : []),
  ];
}

/** Phases that apply a plan list neither side, so another one costs little. */
function deletePhases(input: SyncInput, { decidesFirst = false }: PlanOptions): Phase[] {
  const only = { copy: false, delete: true };
  if (!decidesFirst) return [describePhase('deletes', only)];
  return deletingSteps(input).map(({ name, include, exclude }) => describePhase(name, { ...only, include, exclude }));
}

function verifyPhases({ verify, delete: deletes }: SyncInput): Phase[] {
  return verify ? [describePhase('verify', { copy: true, delete: deletes })] : [];
}

type Work = Pick<Phase, 'copy' | 'delete'> & Partial<Pick<Phase, 'include' | 'exclude'>>;

function describePhase(name: Phase['name'], { copy, delete: deletes, include = [], exclude = [] }: Work): Phase {
  return { name, copy, delete: deletes, write: !writesNothing(name), include, exclude };
}
