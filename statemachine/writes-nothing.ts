import type { Phase } from './contract';

/** Phases that decide and report, but write nothing. `Phase.write` is set from this, too: a summary has only the names. */
export function writesNothing(phase: Phase['name']): boolean {
  return phase === 'plan' || phase === 'verify';
}
