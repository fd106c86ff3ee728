import type { Run } from '../../../statemachine/contract';

/** Whether the run writes only over what it has listed: because it was asked to, or because the bucket wants it. */
export function writesConditionally({ input, settings }: Pick<Run, 'input' | 'settings'>): boolean {
  return input.conditional || settings.conditional === true;
}
