/** Far longer than anything takes, also on a busy machine, and less than Jest's own limit, so that who waits in vain can say for what. */
export const LONGEST_WAIT_MS = 600_000;
