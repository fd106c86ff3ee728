import type { SyncInput } from '../../../statemachine/contract';
import { parseSyncInput } from '../../../statemachine/input/parse-sync-input';

/** The page shows these elsewhere. */
const SHOWN_ELSEWHERE = ['source', 'destination', 'prefix', 'destinationPrefix', 'dryRun'];

/** The settings that somebody has changed, as JSON. */
export function changedSettings(input: SyncInput): { readonly name: string; readonly value: string }[] {
  const defaults: object = parseSyncInput({ source: 'source', destination: 'destination' });
  const usual = new Map(Object.entries(defaults).map(([name, value]) => [name, JSON.stringify(value)]));
  return Object.entries(input)
    .map(([name, value]) => ({ name, value: JSON.stringify(value) }))
    .filter(({ name, value }) => !SHOWN_ELSEWHERE.includes(name) && usual.get(name) !== value);
}
