/** `npm run` passes a Ctrl-C on that the terminal has sent already; within this time both are one. */
const SAME_KEY_PRESS_MS = 500;

/** So long a process that was stopped may wait for answers that nobody wants any more, such as to a request for credentials. */
const LINGER_MS = 1_000;

/**
 * Turns Ctrl-C (SIGINT) and SIGTERM into an abort: the first one stops cleanly, a second one at once.
 *
 * @param onStop  called at the first signal
 * @returns the signal to hand on, and `release`, which gives the process its own handling back and, if it was stopped, lets it end
 */
export function abortOnStopSignals(onStop: () => void): { signal: AbortSignal; release: () => void } {
  const controller = new AbortController();
  let stoppedAt: number | undefined;
  const stop = () => {
    const now = performance.now();
    if (stoppedAt !== undefined && now - stoppedAt > SAME_KEY_PRESS_MS) process.exit(1);
    if (stoppedAt !== undefined) return;
    stoppedAt = now;
    onStop();
    controller.abort();
  };
  process.on('SIGINT', stop).on('SIGTERM', stop);
  const release = () => {
    process.off('SIGINT', stop).off('SIGTERM', stop);
    if (stoppedAt !== undefined) setTimeout(() => process.exit(), LINGER_MS).unref();
  };
  return { signal: controller.signal, release };
}
