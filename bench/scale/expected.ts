import type { RunSummary } from '../../statemachine/contract';
import { changedOf, orphansOf, type Virtual, VirtualBucket } from './virtual-bucket';

/** The fewest list requests that a run can do with: it lists each side once, decides, and then acts. */
export function listFloor(virtual: Virtual, pageSize = 1000): number {
  const pages = (side: 'source' | 'destination') => Math.ceil(new VirtualBucket(virtual, side).objects / pageSize);
  return pages('source') + pages('destination');
}

/**
 * Nothing is stored, so the counters have to tell: each object was listed once, each difference found, nothing else.
 *
 * @returns what is wrong, or undefined
 */
export function findMistake(virtual: Virtual, { status, error, totals }: RunSummary): string | undefined {
  if (status !== 'succeeded') return error?.message ?? status;
  const [copied, deleted] = [changedOf(virtual), orphansOf(virtual)];
  const listed = 2 * virtual.keys - deleted;
  const expected = { listed, copied, deleted, unchanged: listed - copied - deleted, skipped: 0, failed: 0 } as const;
  const names = Object.keys(expected) as (keyof typeof expected)[];
  const wrong = names.filter((name) => totals[name] !== expected[name]);
  return wrong.map((name) => `${name}: ${totals[name]} instead of ${expected[name]}`).join(', ') || undefined;
}
