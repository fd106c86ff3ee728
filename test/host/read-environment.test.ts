import { readEnvironment } from '../../lambdas/host/read-environment';
import { ENVIRONMENT } from '../../statemachine/contract';

const good = { [ENVIRONMENT.reportLocation]: 's3://reports', [ENVIRONMENT.roundBudgetsMs]: '5000,20000' };

it('reads the settings, with whole pages as a default', () => {
  expect(readEnvironment(good)).toEqual({
    reportLocation: 's3://reports',
    roundBudgetsMs: [5000, 20000],
    pageSize: 1000,
    mirrors: undefined,
    reportOwner: undefined,
    rangeMemoryMib: 1792,
    rangesAtOnce: 1000,
  });
  expect(readEnvironment({ ...good, [ENVIRONMENT.pageSize]: '7' }).pageSize).toBe(7);
});

it.each(['s3://reports', 's3://my.reports', 'file:///var/reports', 'file:///C:/reports'])(
  'accepts %j as the place of reports',
  (place) => {
    expect(readEnvironment({ ...good, [ENVIRONMENT.reportLocation]: place }).reportLocation).toBe(place);
  },
);

it.each([
  [ENVIRONMENT.reportLocation, undefined, 's3://bucket or file:///folder, got ""'],
  [ENVIRONMENT.reportLocation, 'reports', 's3://bucket or file:///folder, got "reports"'],
  [ENVIRONMENT.reportLocation, 's3://reports/folder', 's3://bucket or file:///folder, got "s3://reports/folder"'],
  [ENVIRONMENT.reportLocation, 's3:///folder', 'got "s3:///folder"'],
  [ENVIRONMENT.reportLocation, 'file://folder', 'got "file://folder"'],
  [ENVIRONMENT.roundBudgetsMs, undefined, 'milliseconds separated by commas, such as 5000,20000, got ""'],
  [ENVIRONMENT.roundBudgetsMs, '5000,soon', 'got "5000,soon"'],
  [ENVIRONMENT.roundBudgetsMs, '0', 'got "0"'],
  [ENVIRONMENT.roundBudgetsMs, '5000,', 'got "5000,"'],
  [ENVIRONMENT.roundBudgetsMs, '1.5', 'got "1.5"'],
  [ENVIRONMENT.mirrors, '', 'a JSON list of mirrors, each with fields of the input'],
  [ENVIRONMENT.mirrors, '[]', 'got "[]"'],
  [ENVIRONMENT.mirrors, '{"source":"staging","destination":"production"}', 'a JSON list of mirrors'],
  [ENVIRONMENT.mirrors, '[{"source":"staging"}]', 'Expected `destination` to be a string, got nothing'],
  [ENVIRONMENT.reportOwner, '', 'an AWS account id of 12 digits, got ""'],
  [ENVIRONMENT.rangeMemoryMib, 'much', 'an integer from 128 to 10240, got "much"'],
  [ENVIRONMENT.pageSize, '0', 'an integer from 1 to 1000, got "0"'],
  [ENVIRONMENT.pageSize, '', 'an integer from 1 to 1000, got ""'],
  [ENVIRONMENT.pageSize, '1001', 'an integer from 1 to 1000, got "1001"'],
  [ENVIRONMENT.pageSize, 'all', 'an integer from 1 to 1000, got "all"'],
])('names %s if it is %j', (name, value, message) => {
  expect(() => readEnvironment({ ...good, [name]: value })).toThrow(
    expect.objectContaining({ message: expect.stringContaining(`Expected the environment variable ${name} to be `) }),
  );
  expect(() => readEnvironment({ ...good, [name]: value })).toThrow(message);
});

it('reads what is deployed, and uses the defaults for everything else', () => {
  const mirrors = JSON.stringify([
    { source: 'staging', destination: 'production', maxDeletes: '5%', mayOverride: ['maxDeletes'] },
  ]);

  const environment = readEnvironment({
    ...good,
    [ENVIRONMENT.mirrors]: mirrors,
    [ENVIRONMENT.reportOwner]: '111111111111',
  });

  expect(environment).toMatchObject({
    mirrors: [{ input: { source: 'staging', maxDeletes: '5%', delete: true }, mayOverride: ['maxDeletes'] }],
    reportOwner: '111111111111',
  });
  expect(readEnvironment(good)).toMatchObject({ mirrors: undefined, reportOwner: undefined });
});
