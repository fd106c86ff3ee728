import { describeTime } from '../../cli/output/plan';

it.each([
  [0, 'a few seconds'],
  [9, 'a few seconds'],
  [10, 'about 10 seconds'],
  [44, 'about 40 seconds'],
  [89, 'about 90 seconds'],
  [90, 'about 2 minutes'],
  [240, 'about 4 minutes'],
  [5399, 'about 90 minutes'],
  [5400, 'about 2 hours'],
  [86_400, 'about 24 hours'],
  [10 * 86_400, 'about 10 days'],
])('a run of %i seconds takes %s', (runSeconds, words) => {
  expect(describeTime({ runSeconds })).toBe(words);
});

it('a run of which nobody knows takes no time that could be shown', () => {
  expect(describeTime({})).toBe('');
});
