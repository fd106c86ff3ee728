import type { Phase, SyncInput } from '../../../statemachine/contract';
import type { BucketProbes } from '../ports/bucket-probes';
import type { KnownLacks } from '../ports/known-lacks';

/** Finds out, before the first copy, whether the server's own copies lose headers: an object without them looks whole. */
export async function findLostHeaders(
  lacks: KnownLacks | undefined,
  phases: readonly Phase[],
  probes: BucketProbes,
  { lock }: Pick<SyncInput, 'lock'>,
): Promise<void> {
  if (!lacks || !phases.some(({ copy, write }) => copy && write)) return;
  // Who keeps the lock elsewhere wants nothing beside the mirror; others may write below a folder only.
  const trial = lock === 'destination' ? await probes.tryHeaders().catch(() => undefined) : undefined;
  if (!trial) return lacks.add('untriedHeaders');
  const { copied, anew } = trial;
  for (const name of anew) lacks.add(`header:${name}`, undefined, { lasting: true });
  if (anew.length < copied.length) lacks.add('copiedHeaders');
}
