import { addCounters, emptyCounters, type ProvedBy, type RunSummary } from '../statemachine/contract';
import { formatCount, formatObjects } from './numbers';

/** In this order: the strongest proof first. */
const BY: Readonly<Record<ProvedBy, string>> = {
  eTag: 'by ETag',
  checksum: 'by checksum',
  remembered: 'by what an earlier run proved or copied',
  date: 'by size and date only',
  size: 'by size only',
};

/** `Verified: 4,012 objects equal by ETag, 300 by checksum`; undefined if no verify phase has run. */
export function formatProved({ phases }: Pick<RunSummary, 'phases'>): string | undefined {
  const verified = phases.filter(({ name }) => name === 'verify').map(({ copy }) => copy);
  if (verified.length === 0) return undefined;
  const { proved = {}, unchanged } = verified.reduce(addCounters, emptyCounters());
  const parts = Object.entries(BY).flatMap(([by, how]) => {
    const count = proved[by as ProvedBy];
    return count ? { count, how } : [];
  });
  // a summary of an older version does not have the proof
  if (parts.length === 0) return unchanged > 0 ? undefined : 'Verified: no object was found equal';
  const sentence = parts.map(({ count, how }, index) =>
    index === 0 ? `${formatObjects(count)} equal ${how}` : `${formatCount(count)} ${how}`,
  );
  return `Verified: ${sentence.join(', ')}`;
}
