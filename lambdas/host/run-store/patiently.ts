import { setTimeout } from 'node:timers/promises';
import { mayPass } from '../../s3/errors/server-words';

/** Pause between two tries. Each try has its own attempts. */
const PAUSE_MS = 2_000;

/** How to wait, and for how long. */
export interface Waiting {
  /** Milliseconds that are left. */
  leftMs(): number;
  wait?(milliseconds: number): Promise<unknown>;
}

/** Tries a request again while the server is unavailable. @throws the error of the last try */
export async function patiently<T>(send: () => Promise<T>, waiting: Waiting, leftMs = waiting.leftMs()): Promise<T> {
  try {
    return await send();
  } catch (error) {
    if (leftMs < PAUSE_MS || !mayPass(error)) throw error;
    await (waiting.wait ?? setTimeout)(PAUSE_MS);
    // the time of the tries themselves counts towards the function's own time
    return patiently(send, waiting, Math.min(leftMs - PAUSE_MS, waiting.leftMs()));
  }
}
