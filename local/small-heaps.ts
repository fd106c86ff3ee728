import { setFlagsFromString } from 'node:v8';
import type { ResourceLimits } from 'node:worker_threads';

/** The newest Node.js on which the flag was tried. One that does not know a flag says so on stderr. */
const NEWEST_TRIED = 24;

/**
 * Of a thread that runs handlers: two halves of 16 MB, because V8 takes powers of two. What 256 copies under way need fits into one half.
 * List pages live for a moment, so a larger young generation only fills with pages that are done. Node.js allows several times as much.
 */
export const HANDLER_HEAP: ResourceLimits = { maxYoungGenerationSizeMb: 48 };

/** Collect old generations when they are 120 % larger than what was in use. V8 lets small ones grow to four times as much. */
export function heapFlags(nodeVersion: string): string[] {
  return Number.parseInt(nodeVersion, 10) <= NEWEST_TRIED ? ['--heap-growing-percent=120'] : [];
}

/** From now on, the heaps of all threads grow slowly. */
export function growHeapsSlowly(): void {
  for (const flag of heapFlags(process.versions.node)) setFlagsFromString(flag);
}
