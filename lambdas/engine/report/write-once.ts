import { setTimeout } from 'node:timers/promises';
import type { RunStore } from '../ports/run-store';

/** S3 refuses a write while another one to the same name is under way, such as one whose answer was lost. */
const TRIES = 5;
const PAUSE_MS = 500;

/**
 * Writes a file of a report, which nobody may replace afterwards.
 *
 * @returns what is there already; undefined if it was written now
 */
export async function writeOnce(
  store: RunStore,
  name: string,
  body: string | Uint8Array,
  wait: (milliseconds: number) => Promise<void> = (milliseconds) => setTimeout(milliseconds),
): Promise<Buffer | undefined> {
  for (let attempt = 1; attempt <= TRIES; attempt++) {
    if (await putIfPossible(store, name, body)) return undefined;
    const found = await store.get(name);
    if (found) return found.body;
    await wait(PAUSE_MS * attempt);
  }
  throw new Error(`Could neither write nor read ${store.locate(name)}: something else writes there`);
}

/** A server without conditional writes has nothing to protect the file with; AWS and most others have. */
async function putIfPossible(store: RunStore, name: string, body: string | Uint8Array): Promise<boolean> {
  try {
    return await store.putIfAbsent(name, body);
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'NotImplemented') throw error;
    await store.put(name, body);
    return true;
  }
}
