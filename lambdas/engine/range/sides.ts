import type { SyncInput } from '../../../statemachine/contract';
import type { Host } from '../ports/host';
import { isAws } from '../server/is-aws';

/** What the rules about both sides depend on. */
export interface Sides {
  readonly isSourceAws: boolean;
  readonly isDestinationAws: boolean;
  /** Which proof shows that the source lacks a key. */
  readonly proof: 'list' | 'head';
}

export function sidesOf(input: SyncInput, host: Host): Sides {
  const isSourceAws = isAws('source', input, host);
  const isDestinationAws = isAws('destination', input, host);
  return { isSourceAws, isDestinationAws, proof: input.proof ?? (isSourceAws ? 'list' : 'head') };
}
