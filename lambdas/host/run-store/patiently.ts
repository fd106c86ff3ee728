import { setTimeout } from 'node:timers/promises';
import { mayPass } from '../../s3/errors/server-words';

/** Between two tries, each of which has its own attempts. */
const PAUSE_MS = 2_000;

/** Who waits, and for how long. */
export interface Waiting {
  /** Milliseconds that there are from now on. */
  leftMs(): number;
  wait?(milliseconds: number): Promise<unknown>;
}

/** Tries a request again while the server is away. @throws whatever the last try has failed with */
export async function patiently<T>(send: () => Promise<T>, waiting: Waiting, leftMs = waiting.leftMs()): Promise<T> {
  try {
    return await send();
  } catch (error) {
    if (leftMs < PAUSE_MS || !mayPass(error)) throw error;
    await (waiting.wait ?? setTimeout)(PAUSE_MS);
    // what the tries themselves take is counted by the function's own time
    return patiently(send, waiting, Math.min(leftMs - PAUSE_MS, waiting.leftMs()));
  }
}
