/**
 * How Lambda starts Node.js in a function of so much memory: a tenth is for young objects, of which each of two halves
 * gets one half, the rest is for old ones. It is in `/var/runtime/bootstrap` of Lambda's image for Node.js.
 */
export function lambdaHeap(memoryMiB: number): string[] {
  const youngMiB = Math.floor(memoryMiB / 10);
  return [`--max-semi-space-size=${Math.floor(youngMiB / 2)}`, `--max-old-space-size=${memoryMiB - youngMiB}`];
}
