import type { SyncInput } from '../../../statemachine/contract';
import type { BucketProbes } from '../ports/bucket-probes';
import type { KnownLacks } from '../ports/known-lacks';

/**
 * Finds out once, before the first copy, whether uploads or the server's own copies lose headers. A copy that lost headers
 * looks complete.
 */
export async function findLostHeaders(
  lacks: KnownLacks,
  probes: BucketProbes,
  { lock, tags }: Pick<SyncInput, 'lock' | 'tags'>,
): Promise<void> {
  if (lacks.has('triedHeaders') || lacks.has('untriedHeaders')) return;
  // If the lock is kept elsewhere, the run must write nothing but the mirror. Some credentials may write only below one
  // folder.
  const trial = lock === 'destination' ? await probes.tryHeaders(tags === 'copy').catch(() => undefined) : undefined;
  if (!trial) return lacks.add('untriedHeaders');
  lacks.add('triedHeaders');
  const { makesNoCopies, uploaded, copied, anew, losesTags } = trial;
  if (makesNoCopies) lacks.add('copies', makesNoCopies);
  if (losesTags) lacks.add('copiedTags');
  for (const name of new Set([...uploaded, ...anew])) lacks.add(`header:${name}`, undefined, { lasting: true });
  if (anew.length < copied.length) lacks.add('copiedHeaders');
}
