import { readEnvironment } from '../../lambdas/aws/environment';
import { ENVIRONMENT } from '../../statemachine/contract';

const good = { [ENVIRONMENT.reportLocation]: 's3://reports', [ENVIRONMENT.roundBudgetsMs]: '5000,20000' };

it('reads the settings, with whole pages as a default', () => {
  expect(readEnvironment(good)).toEqual({
    reportLocation: 's3://reports',
    roundBudgetsMs: [5000, 20000],
    pageSize: 1000,
  });
  expect(readEnvironment({ ...good, [ENVIRONMENT.pageSize]: '7' }).pageSize).toBe(7);
});

it.each([
  [ENVIRONMENT.reportLocation, undefined, 's3://bucket or file:///folder, got ""'],
  [ENVIRONMENT.reportLocation, 'reports', 's3://bucket or file:///folder, got "reports"'],
  [ENVIRONMENT.roundBudgetsMs, undefined, 'milliseconds separated by commas, such as 5000,20000, got ""'],
  [ENVIRONMENT.roundBudgetsMs, '5000,soon', 'got "5000,soon"'],
  [ENVIRONMENT.roundBudgetsMs, '0', 'got "0"'],
  [ENVIRONMENT.pageSize, '1001', 'an integer from 1 to 1000, got "1001"'],
  [ENVIRONMENT.pageSize, 'all', 'an integer from 1 to 1000, got "all"'],
])('names %s where it is %j', (name, value, message) => {
  expect(() => readEnvironment({ ...good, [name]: value })).toThrow(
    expect.objectContaining({ message: expect.stringContaining(`Expected the environment variable ${name} to be `) }),
  );
  expect(() => readEnvironment({ ...good, [name]: value })).toThrow(message);
});
