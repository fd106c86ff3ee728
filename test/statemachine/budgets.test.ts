import { CLOSING_MS as CLOSING_OF_ANSWERS_MS, TOTAL_MS } from '../../lambdas/engine/run/answer-deadline';
import { MAX_ATTEMPTS } from '../../lambdas/s3/client/next-attempt';
import { SYNC_TASKS } from '../../permissions/sync-tasks';
import {
  CLOSING_MS,
  ERRORS_BYTES,
  FIRST_WAIT_MS,
  LARGE_BYTES,
  LARGE_STREAM_BYTES,
  LISTINGS_BYTES,
  MAX_ATTEMPTS_WHEN_BUSY,
  MAX_INPUT_BYTES,
  MOST_WAIT_MS,
  MULTIPART_LIMITS,
  SLOWEST_BYTES_PER_MS,
  SLOWEST_STREAM_BYTES_PER_MS,
  STATE_LIMIT_BYTES,
  STOPPING_MS,
  TOKENS_BYTES,
} from '../../statemachine/budgets';
import { ROUND_BUDGETS_MS } from '../../statemachine/contract';

const invocationMs = (name: string) => (SYNC_TASKS.find((task) => task.name === name)?.timeoutSeconds ?? 0) * 1000;

/** Milliseconds that a busy request waits before each further attempt, at most; on average it is half of that. */
const waits = Array.from({ length: MAX_ATTEMPTS_WHEN_BUSY - 1 }, (_, index) =>
  Math.min(MOST_WAIT_MS, FIRST_WAIT_MS * 2 ** index),
);

describe('the end of an invocation', () => {
  it('has time for any copy that is begun without a look at the clock', () => {
    expect(LARGE_BYTES / SLOWEST_BYTES_PER_MS).toBeLessThanOrEqual(CLOSING_MS);
    expect(LARGE_STREAM_BYTES / SLOWEST_STREAM_BYTES_PER_MS).toBeLessThanOrEqual(CLOSING_MS - STOPPING_MS);
  });

  it('stops copies through this machine before the invocation ends, and after others should have ended', () => {
    expect(STOPPING_MS).toBeGreaterThan(0);
    expect(STOPPING_MS).toBeLessThan(CLOSING_MS);
  });

  it('has time for the attempts of a busy request', () => {
    const mean = sum(waits) / 2;
    // Each wait is even between 0 and its most, so its variance is a twelfth of its square.
    const deviation = Math.sqrt(sum(waits.map((most) => most ** 2 / 12)));

    expect(mean).toBeGreaterThan(CLOSING_MS / 2);
    expect(mean + 3 * deviation).toBeLessThanOrEqual(CLOSING_MS);
    expect(MAX_ATTEMPTS_WHEN_BUSY).toBeGreaterThan(MAX_ATTEMPTS);
  });

  it.each(['CopyRange', 'DeleteRange'])('leaves %s time for each round', (name) => {
    expect(Math.max(...ROUND_BUDGETS_MS)).toBeLessThanOrEqual(invocationMs(name) - CLOSING_MS);
  });

  it('comes after the largest part that S3 copies, if that was begun in the first half of an invocation', () => {
    const copyMs = MULTIPART_LIMITS.maxCopyBytes / SLOWEST_BYTES_PER_MS;

    expect(copyMs).toBeLessThanOrEqual(invocationMs('CopyRange') / 2 - CLOSING_MS);
  });

  it('leaves ValidateInput time to say what it waited for', () => {
    expect(TOTAL_MS + CLOSING_OF_ANSWERS_MS).toBeLessThanOrEqual(invocationMs('ValidateInput'));
  });
});

describe('the state of an execution', () => {
  it('has room for the input, the tokens and the listings of a round, and for the run', () => {
    const left = STATE_LIMIT_BYTES - MAX_INPUT_BYTES - TOKENS_BYTES - LISTINGS_BYTES;

    expect(left).toBeGreaterThanOrEqual(16 * 1024);
  });

  it('has room for the input twice, when a phase and the run end', () => {
    expect(2 * MAX_INPUT_BYTES).toBeLessThanOrEqual(STATE_LIMIT_BYTES / 2);
  });

  it('has room for the errors of all ranges instead of what they would have brought back', () => {
    expect(ERRORS_BYTES).toBeLessThan(TOKENS_BYTES);
    expect(ERRORS_BYTES + TOKENS_BYTES / 2 + MAX_INPUT_BYTES).toBeLessThan(STATE_LIMIT_BYTES);
  });
});

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
