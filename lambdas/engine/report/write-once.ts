import { setTimeout } from 'node:timers/promises';
import type { RunStore } from '../ports/run-store';

/** S3 rejects a write while another write to the same name is under way, such as one whose answer was lost. */
const TRIES = 5;
const PAUSE_MS = 500;

/**
 * Writes a file of a report. Nobody may replace it afterwards.
 *
 * @returns the file that was there already; undefined if it was written now
 */
export async function writeOnce(
  store: RunStore,
  name: string,
  body: string | Uint8Array,
  wait: (milliseconds: number) => Promise<void> = (milliseconds) => setTimeout(milliseconds),
): Promise<Buffer | undefined> {
  for (let attempt = 1; attempt <= TRIES; attempt++) {
    if (await store.putIfAbsent(name, body)) return undefined;
    const found = await store.get(name);
    if (found) return found.body;
    await wait(PAUSE_MS * attempt);
  }
  throw new Error(`Could neither write nor read ${store.locate(name)}: something else writes there`);
}
