import type { Phase } from './contract';

/** Phases that decide and report, but write nothing. */
export function writesNothing(phase: Phase['name']): boolean {
  return phase === 'plan' || phase === 'verify';
}
