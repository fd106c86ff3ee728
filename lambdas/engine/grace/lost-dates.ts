import type { RunWarning } from '../../../statemachine/contract';
import type { RunStore } from '../ports/run-store';

const MOST_NAMED = 3;

/** @param files  in the run store, which the run could not use */
export function describeLostDates(files: readonly string[], store: Pick<RunStore, 'locate'>): RunWarning[] {
  if (files.length === 0) return [];
  const named = files.slice(0, MOST_NAMED).map((name) => store.locate(name));
  const more = files.length > MOST_NAMED ? ` and ${files.length - MOST_NAMED} more` : '';
  const message =
    `${named.join(', ')}${more} ${files.length === 1 ? 'is' : 'are'} missing or damaged, so orphans whose dates were there begin to wait ` +
    'anew';
  return [{ name: 'dates-lost', message }];
}
