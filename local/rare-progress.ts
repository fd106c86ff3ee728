import type { RangeProgress } from '../lambdas/engine/ports/host';

const PROGRESS_EVERY_MS = 100;

/**
 * Sends the progress of a range ten times a second at most.
 *
 * @returns to be called at each change, with a function that reads the progress
 */
export function rareProgress(send: (progress: RangeProgress) => void): (read: () => RangeProgress) => void {
  let isWaiting = false;
  return (read) => {
    if (isWaiting) return;
    isWaiting = true;
    setTimeout(() => {
      isWaiting = false;
      send(read());
    }, PROGRESS_EVERY_MS).unref();
  };
}
