/** What people should know of a lock that others may not see. */
const LOCKS: Readonly<Record<string, string>> = {
  reports: 'beside the reports: runs that keep theirs elsewhere did not see it',
  none: 'none: nothing kept other runs from writing to the destination at the same time',
};

/**
 * @param input  of the run; as it was given, where it was not valid
 * @returns undefined where the lock is in the destination, as it should be
 */
export function formatLock(input: unknown): string | undefined {
  const { lock } = (input ?? {}) as { readonly lock?: unknown };
  return typeof lock === 'string' && Object.hasOwn(LOCKS, lock) ? LOCKS[lock] : undefined;
}
