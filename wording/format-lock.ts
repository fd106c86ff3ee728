/** What people should know about a lock that other runs may not see. */
const LOCKS: Readonly<Record<string, string>> = {
  reports: 'beside the reports: runs with another report location did not see it',
  none: 'none: nothing prevented other runs from writing to the destination at the same time',
};

/**
 * @param input  of the run; if it was invalid, as given
 * @returns undefined if the lock is in the destination
 */
export function formatLock(input: unknown): string | undefined {
  const { lock } = (input ?? {}) as { readonly lock?: unknown };
  return typeof lock === 'string' && Object.hasOwn(LOCKS, lock) ? LOCKS[lock] : undefined;
}
