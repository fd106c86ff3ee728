import { readEnvironment } from '../../lambdas/aws/environment';
import { ENVIRONMENT } from '../../statemachine/contract';

const good = { [ENVIRONMENT.reportLocation]: 's3://reports', [ENVIRONMENT.roundBudgetsMs]: '5000,20000' };

it('reads the settings, with whole pages as a default', () => {
  expect(readEnvironment(good)).toEqual({
    reportLocation: 's3://reports',
    roundBudgetsMs: [5000, 20000],
    pageSize: 1000,
    allowedFolders: { sources: undefined, destinations: undefined },
    rangeMemoryMib: 1792,
    rangesAtOnce: 1000,
  });
  expect(readEnvironment({ ...good, [ENVIRONMENT.pageSize]: '7' }).pageSize).toBe(7);
});

it.each(['s3://reports', 's3://my.reports', 'file:///var/reports', 'file:///C:/reports'])(
  'takes %j for a place of reports',
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
  [ENVIRONMENT.allowedSources, '', 'a JSON list of s3://bucket/ or s3://bucket/folder/, got ""'],
  [ENVIRONMENT.allowedDestinations, '"s3://a/"', 'got ""s3://a/""'],
  [ENVIRONMENT.allowedDestinations, '["s3://a/folder"]', 'got "["s3://a/folder"]"'],
  [ENVIRONMENT.rangeMemoryMib, 'much', 'an integer from 128 to 10240, got "much"'],
  [ENVIRONMENT.pageSize, '0', 'an integer from 1 to 1000, got "0"'],
  [ENVIRONMENT.pageSize, '', 'an integer from 1 to 1000, got ""'],
  [ENVIRONMENT.pageSize, '1001', 'an integer from 1 to 1000, got "1001"'],
  [ENVIRONMENT.pageSize, 'all', 'an integer from 1 to 1000, got "all"'],
])('names %s where it is %j', (name, value, message) => {
  expect(() => readEnvironment({ ...good, [name]: value })).toThrow(
    expect.objectContaining({ message: expect.stringContaining(`Expected the environment variable ${name} to be `) }),
  );
  expect(() => readEnvironment({ ...good, [name]: value })).toThrow(message);
});

it('reads which folders may be mirrored', () => {
  const allowed = {
    [ENVIRONMENT.allowedSources]: '["s3://staging/"]',
    [ENVIRONMENT.allowedDestinations]: '["s3://production/","s3://backup/a, b/"]',
  };

  expect(readEnvironment({ ...good, ...allowed }).allowedFolders).toEqual({
    sources: ['s3://staging/'],
    destinations: ['s3://production/', 's3://backup/a, b/'],
  });
});
