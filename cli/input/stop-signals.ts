/** `npm run` repeats a Ctrl-C that the terminal has already sent. Two signals within this time count as one. */
const SAME_KEY_PRESS_MS = 500;

/** How long a stopped process may wait for answers that it no longer requires, such as credentials. */
const LINGER_MS = 1_000;

const SIGNALS = { SIGINT: 2, SIGTERM: 15, SIGHUP: 1 } as const;

export type StopSignal = 'SIGINT' | 'SIGTERM';

/** Calls of `abortOnStopSignals` that are not released. */
let stoppable = 0;

let stoppedBy: StopSignal | undefined;

/** The exit code of a process that a stop signal has ended, as shells know it: 130 after Ctrl-C, 143 after SIGTERM. */
export function stopCode(): number | undefined {
  return stoppedBy && codeOf(stoppedBy);
}

function codeOf(signal: keyof typeof SIGNALS): number {
  return 128 + SIGNALS[signal];
}

/**
 * Lets a stop signal end the process by `process.exit`, so that what it made is removed. As long as a run handles the
 * signal itself by `abortOnStopSignals`, the run decides; only a closed terminal (SIGHUP) ends it at once.
 */
export function exitOnStopSignals(): Disposable {
  const exit = (signal: keyof typeof SIGNALS) => {
    if (stoppable === 0 || signal === 'SIGHUP') process.exit(codeOf(signal));
  };
  const names = Object.keys(SIGNALS) as (keyof typeof SIGNALS)[];
  for (const name of names) process.on(name, exit);
  return {
    [Symbol.dispose]: () => {
      for (const name of names) process.off(name, exit);
    },
  };
}

/**
 * Turns Ctrl-C (SIGINT) and SIGTERM into an abort. The first signal stops cleanly, a second one stops at once.
 *
 * @param onStop  called at the first signal
 * @param onStopAtOnce  called at the second signal, before the process ends
 * @returns the abort signal, and `release`, which restores the default handling and lets a stopped process end
 */
export function abortOnStopSignals(
  onStop: (signal: StopSignal) => void,
  onStopAtOnce: () => void = () => {},
): { signal: AbortSignal; release: () => void } {
  const controller = new AbortController();
  let stoppedAt: number | undefined;
  const stop = (signal: StopSignal) => {
    const now = performance.now();
    if (stoppedAt !== undefined && now - stoppedAt > SAME_KEY_PRESS_MS) {
      onStopAtOnce();
      process.exit(codeOf(signal));
    }
    if (stoppedAt !== undefined) return;
    stoppedAt = now;
    stoppedBy = signal;
    onStop(signal);
    controller.abort();
  };
  process.on('SIGINT', stop).on('SIGTERM', stop);
  stoppable += 1;
  const release = () => {
    process.off('SIGINT', stop).off('SIGTERM', stop);
    stoppable -= 1;
    if (stoppedAt !== undefined) setTimeout(() => process.exit(), LINGER_MS).unref();
  };
  return { signal: controller.signal, release };
}
