/**
 * Times and sizes that depend on each other, side by side. `test/statemachine/budgets.test.ts` asserts how, so that nobody
 * changes one of them alone.
 */

// The end of an invocation of a range Task

/** A range Task keeps this much of its invocation for open requests and the report. */
export const CLOSING_MS = 30_000;

/** What is left of the invocation when copies that go through this machine are stopped in the middle. */
export const STOPPING_MS = 15_000;

/** S3 copies at least this many bytes in a millisecond by one request. It is slowest across Regions. */
export const SLOWEST_BYTES_PER_MS = 20_000;

/** The same for a copy that goes through this machine together with others. */
export const SLOWEST_STREAM_BYTES_PER_MS = 2_000;

/** A larger object may take longer than `CLOSING_MS` to copy, so it is begun only if there is time for it. */
export const LARGE_BYTES = 512 * 1024 * 1024;

/** The same for a copy that goes through this machine together with hundreds of others. */
export const LARGE_STREAM_BYTES = 4 * 1024 * 1024;

/**
 * Attempts of a request that S3 rejects because it gets too many requests. All attempts together wait 20 s on average, hardly ever
 * less than 10 s or more than `CLOSING_MS`.
 */
export const MAX_ATTEMPTS_WHEN_BUSY = 24;

/** Before the second attempt, at most; each attempt doubles it. */
export const FIRST_WAIT_MS = 100;

/** Before any attempt, at most. */
export const MOST_WAIT_MS = 2_000;

// The state of an execution

/** Step Functions ends an execution whose state is larger, and no `Catch` runs. */
export const STATE_LIMIT_BYTES = 256 * 1024;

/** The input. The state has it once together with the tokens of a round, and twice when a phase and the run end. */
export const MAX_INPUT_BYTES = 40 * 1024;

/** The tokens of a round and its results. What is left is for the run itself, and for longer keys than were seen. */
export const TOKENS_BYTES = 170 * 1024;

/** S3's own continuation tokens in the results of all ranges of a round, in addition to `TOKENS_BYTES`. */
export const LISTINGS_BYTES = 20 * 1024;

/** The errors of all ranges of a round: all may fail at once. A range that fails brings back no tokens. */
export const ERRORS_BYTES = 100 * 1024;

/**
 * When a copy is made in parts. CopyObject copies everything up to its limit, although parallel parts would be faster: an
 * object that was put in one piece keeps its ETag only if it is copied in one piece.
 */
export const MULTIPART_LIMITS = { maxCopyBytes: 5 * 1024 ** 3, partBytes: 256 * 1024 ** 2 } as const;
