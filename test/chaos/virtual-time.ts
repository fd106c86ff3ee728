import { subscribe } from 'node:diagnostics_channel';
import { setImmediate } from 'node:timers/promises';

/** Longer than any request is on its way once it was sent. */
const STEP_MS = 5_000;

/** Requests of this process to S3 that are on their way. */
const underWay = new Set<object>();
type Message = { readonly request: object };
subscribe('undici:request:create', (message) => underWay.add((message as Message).request));
for (const end of ['undici:request:trailers', 'undici:request:error']) {
  subscribe(end, (message) => underWay.delete((message as Message).request));
}

/**
 * The time of everybody who takes part: it passes as always, and jumps where somebody waits. It never jumps past a request that
 * is on its way: within a step, each one that was sent before arrives. It never goes back, since clients learn it from S3.
 */
export class VirtualTime {
  #aheadMs = 0;

  readonly now = (): number => Date.now() + this.#aheadMs;

  readonly wait = async (milliseconds: number): Promise<void> => {
    for (let left = milliseconds; left > 0; left -= STEP_MS) {
      await arrivalOf([...underWay]);
      this.#aheadMs += Math.min(left, STEP_MS);
    }
    await setImmediate();
  };
}

async function arrivalOf(requests: readonly object[]): Promise<void> {
  while (requests.some((request) => underWay.has(request))) await setImmediate();
}
