import { TokenWatch } from '../../../lambdas/engine/listing/token-watch';

/** How many tokens a watch takes until it notices that they repeat. */
function takenUntilNoticed(tokenAt: (index: number) => string, most: number): number {
  const watch = new TokenWatch();
  for (let index = 0; index < most; index++) {
    try {
      watch.take(tokenAt(index));
    } catch {
      return index;
    }
  }
  return most;
}

it.each([1, 2, 3, 10, 1000])('notices a circle of %i tokens within a few turns, wherever it begins', (length) => {
  for (const start of [0, 1, 5, 777]) {
    const tokenAt = (index: number) => `${index < start ? index : start + ((index - start) % length)}`;
    expect(takenUntilNoticed(tokenAt, 1_000_000)).toBeLessThanOrEqual(3 * (start + length) + 3);
  }
});

it('accepts any number of different tokens', () => {
  expect(takenUntilNoticed(String, 100_000)).toBe(100_000);
});

it('names the token that repeats, and one that is empty', () => {
  const watch = new TokenWatch();
  watch.take('one');
  expect(() => watch.take('one')).toThrow('got "one" again');
  expect(() => watch.take('')).toThrow('got an empty one');
});
