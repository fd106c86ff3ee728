import { Deadline } from '../../../lambdas/engine/range/deadline';
import { CLOSING_MS } from '../../../statemachine/budgets';

const START = 1_000_000;
const INVOCATION_MS = 900_000;

/** @param passedMs  since the Task began */
function deadlineAt({ budgetMs = 60_000, waitedMs = 0 } = {}) {
  const clock = { passedMs: 0, now: () => START + clock.passedMs, remainingMs: () => INVOCATION_MS - clock.passedMs };
  return { clock, deadline: new Deadline(clock, budgetMs, () => waitedMs) };
}

it.each([
  ['when its budget is spent', { budgetMs: 60_000 }, 60_000],
  ['later by the time that it has waited for a server', { budgetMs: 60_000, waitedMs: 5_000 }, 65_000],
  ['when the invocation is about to end, whatever its budget', { budgetMs: 2_000_000 }, INVOCATION_MS - CLOSING_MS],
  [
    'when the invocation is about to end, however long it has waited',
    { budgetMs: 60_000, waitedMs: 2_000_000 },
    INVOCATION_MS - CLOSING_MS,
  ],
])('stops %s', (_, times, afterMs) => {
  expect(deadlineAt(times).deadline.stopAt).toBe(START + afterMs);
});

it('is over when only the time for closing is left, and not before', () => {
  const { clock, deadline } = deadlineAt();
  clock.passedMs = INVOCATION_MS - CLOSING_MS - 1;
  expect(deadline.isOver).toBe(false);

  clock.passedMs += 1;

  expect(deadline.isOver).toBe(true);
  expect(deadline.elapsedMs).toBe(INVOCATION_MS - CLOSING_MS);
});

it('has time for the bytes that the slowest server copies before the time for closing', () => {
  const { clock, deadline } = deadlineAt();
  clock.passedMs = INVOCATION_MS - CLOSING_MS - 10_000;

  expect(deadline.hasTimeFor(100_000, 10)).toBe(true);
  expect(deadline.hasTimeFor(100_001, 10)).toBe(false);
});

it('shares its round a second after others were first seen idle', () => {
  const { clock, deadline } = deadlineAt();
  clock.passedMs = 30_000;
  expect(deadline.mayShare()).toBe(false);
  clock.passedMs = 30_999;
  expect(deadline.mayShare()).toBe(false);

  clock.passedMs = 31_000;

  expect(deadline.mayShare()).toBe(true);
});

it('is early until half of the time of the invocation has passed', () => {
  const { clock, deadline } = deadlineAt();
  clock.passedMs = INVOCATION_MS / 2;
  expect(deadline.isEarly).toBe(true);

  clock.passedMs += 1;

  expect(deadline.isEarly).toBe(false);
});
