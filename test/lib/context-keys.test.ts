import { nameSettings } from '../../lib/context-keys';

const NAMES = ['maxDeletes', 'source', 'exclude', 'delete'];

it.each([
  'maxDeletes',
  'max-deletes',
  'max_deletes',
  'MaxDeletes',
  'MAXDELETES',
  'max.deletes',
  'max deletes',
  'max:deletes',
  '@max/deletes',
  '--max-deletes',
  'max–deletes',
])('accepts %s for maxDeletes', (key) => {
  expect(nameSettings({ [key]: '5' }, NAMES)).toEqual([['maxDeletes', '5']]);
});

it.each([
  'max-delets',
  'max.delets',
  'max:delets',
  'mäxDeletes',
  'cli-max-deletes',
  'input.maxDeletes',
  'exclude[0]',
  'bucketsync:maxDeletes',
  '',
  '-',
])('rejects %j, and never drops it', (key) => {
  expect(() => nameSettings({ [key]: 1 }, NAMES)).toThrow(`Unknown field \`${key}\``);
});

it('names both spellings of a setting that is given twice', () => {
  expect(() => nameSettings({ maxDeletes: 1, 'max-deletes': 2 }, NAMES)).toThrow(
    'Expected `maxDeletes` once, got it as `maxDeletes` and as `max-deletes`',
  );
});

it.each([
  '@aws-cdk/aws-iam:minimizePolicies',
  '@aws-solutions-constructs/core:x',
  'aws:cdk:bundling-stacks',
  'aws:cdk:enable-path-metadata',
  'aws-cdk:enableDiffNoFail',
  'availability-zones:account=111111111111:region=eu-central-1',
  'vpc-provider:account=111111111111:filter.isDefault=true:region=eu-central-1:returnAsymmetricSubnets=true',
  'ssm:account=111111111111:parameterName=/x:region=eu-central-1',
  'cc-api-provider:account=111111111111:exactIdentifier=x',
  'cli-telemetry',
  'acknowledged-issue-numbers',
])('leaves %s to the CDK', (key) => {
  expect(nameSettings({ [key]: true }, NAMES)).toEqual([]);
});
