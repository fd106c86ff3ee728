/** Numbers that depend on each other. A test asserts how. */

/** A range Task keeps so much of its invocation for the requests under way and the report. */
export const CLOSING_MS = 30_000;

/** Of that, what is left when copies that go through this machine are stopped in the middle. */
export const STOPPING_MS = 15_000;

/** What S3 copies in a millisecond by one request, at the very least; across Regions it is slowest. */
export const SLOWEST_BYTES_PER_MS = 20_000;

/** The same of what goes through this machine, beside others. */
export const SLOWEST_STREAM_BYTES_PER_MS = 2_000;

/** A larger object may take longer than `CLOSING_MS` to copy, so it is begun only if there is time for it. */
export const LARGE_BYTES = 512 * 1024 * 1024;

/** The same if it goes through this machine, beside hundreds of others. */
export const LARGE_STREAM_BYTES = 4 * 1024 * 1024;
