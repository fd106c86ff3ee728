import type { Run } from '../../../statemachine/contract';

/** Whether the run overwrites only what it has listed, because the input says so or the bucket's policy demands it. */
export function writesConditionally({ input, settings }: Pick<Run, 'input' | 'settings'>): boolean {
  return input.conditional || settings.conditional === true;
}
