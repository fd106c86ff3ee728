/**
 * Where other servers do something else than AWS: behaviour (the title of its test) → server → what it does instead.
 *
 * Measured by running this suite against them; a row that no longer holds fails its test.
 */
export const deviations: Record<string, Record<string, string>> = {};
