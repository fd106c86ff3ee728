import type { Phase, ReportLine } from '../../../statemachine/contract';

/** What happened to an object, before the phase is taken into account. */
export interface Outcome extends Pick<ReportLine, 'key' | 'sizeBytes' | 'eTag' | 'reason' | 'error'> {
  readonly action: 'copy' | 'delete' | 'skip' | 'restore';
}

/** Says what an outcome means in its phase. Only a phase that writes has done anything. @param now  milliseconds since 1970 */
export function describeOutcome({ action, ...outcome }: Outcome, phase: Pick<Phase, 'name'>, now: number): ReportLine {
  const compared = phase.name === 'verify' && action !== 'skip' && action !== 'restore';
  return {
    time: new Date(now).toISOString(),
    phase: phase.name,
    action: compared ? 'compare' : action,
    outcome: outcome.error === undefined ? succeeded(phase, compared) : 'failed',
    ...outcome,
  };
}

function succeeded({ name }: Pick<Phase, 'name'>, compared: boolean): ReportLine['outcome'] {
  if (compared) return 'differs';
  return name === 'plan' ? 'planned' : 'done';
}
