import type { Phase, ReportLine } from '../../../statemachine/contract';

/** Why an object was left alone by a run that applies a plan exactly. */
export const CHANGED_SINCE_PLAN = 'changed-since-plan';

/** What happened to an object, before the phase is taken into account. */
export interface Outcome extends Pick<ReportLine, 'key' | 'sizeBytes' | 'eTag' | 'versionId' | 'reason' | 'error'> {
  readonly action: 'copy' | 'delete' | 'skip' | 'restore';
}

/** The phase of a report line. */
export interface ReportedPhase extends Pick<Phase, 'name'> {
  /** Later phases apply this plan. They do not meet what it skips, so that is done. */
  readonly isApplied?: boolean;
}

/** Says what an outcome means in its phase. Only a phase that writes has done anything. @param now  milliseconds since 1970 */
export function describeOutcome({ action, ...outcome }: Outcome, phase: ReportedPhase, now: number): ReportLine {
  const compared = phase.name === 'verify' && action !== 'skip' && action !== 'restore';
  return {
    time: new Date(now).toISOString(),
    phase: phase.name,
    action: compared ? 'compare' : action,
    outcome: outcome.error === undefined ? succeeded(phase, action, compared) : 'failed',
    ...outcome,
  };
}

function succeeded(
  { name, isApplied = false }: ReportedPhase,
  action: Outcome['action'],
  compared: boolean,
): ReportLine['outcome'] {
  if (compared) return 'differs';
  return name === 'plan' && !(isApplied && action === 'skip') ? 'planned' : 'done';
}

/** @param why  S3's error about a condition, if there was one */
export function changedSincePlan(why?: unknown): Error {
  const said = why instanceof Error ? ` (${why.message})` : '';
  return new Error(`The object has changed since the plan was made, so it was left alone${said}`);
}
