import type { Phase, SyncInput } from '../../../statemachine/contract';
import type { BucketProbes } from '../ports/bucket-probes';
import type { KnownLacks } from '../ports/known-lacks';

/** Finds out before the first copy whether the server loses headers when it copies. A copy that lost headers looks complete. */
export async function findLostHeaders(
  lacks: KnownLacks | undefined,
  phases: readonly Phase[],
  probes: BucketProbes,
  { lock }: Pick<SyncInput, 'lock'>,
): Promise<void> {
  if (!lacks || !phases.some(({ copy, write }) => copy && write)) return;
  // If the lock is kept elsewhere, nothing but the mirror may be written. Some credentials may write below one folder only.
  const trial = lock === 'destination' ? await probes.tryHeaders().catch(() => undefined) : undefined;
  if (!trial) return lacks.add('untriedHeaders');
  const { copied, anew } = trial;
  for (const name of anew) lacks.add(`header:${name}`, undefined, { lasting: true });
  if (anew.length < copied.length) lacks.add('copiedHeaders');
}
