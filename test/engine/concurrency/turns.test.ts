import { setImmediate } from 'node:timers/promises';
import { Turns } from '../../../lambdas/engine/concurrency/turns';

it('does as many things at the same time as it may, in order, and goes on after an error', async () => {
  const turns = new Turns(2);
  const begun: number[] = [];
  const ends: ((error?: Error) => void)[] = [];
  const all = [0, 1, 2, 3].map((number) =>
    turns.take(async () => {
      begun.push(number);
      await new Promise<void>((resolve, reject) => {
        ends[number] = (error) => (error ? reject(error) : resolve());
      });
      return number;
    }),
  );

  await setImmediate();
  expect(begun).toEqual([0, 1]);
  ends[1]?.(new Error('broken'));
  await expect(all[1]).rejects.toThrow('broken');
  await setImmediate();
  expect(begun).toEqual([0, 1, 2]);
  ends[0]?.();
  await setImmediate();
  expect(begun).toEqual([0, 1, 2, 3]);
  for (const number of [2, 3]) ends[number]?.();

  expect(await Promise.all([all[0], all[2], all[3]])).toEqual([0, 2, 3]);
});
