import { createStacks } from '../../lib/create-stacks';
import { parseMirrorSettings } from '../../lib/mirror-settings';
import { createApp, deployedMirrors, synthesize } from './synthesize';

const long = `${'long-'.repeat(50)}name`;

it.each([
  ['MyLegacyBucket', 'legacy_bucket'],
  [long, `${long}_`],
])('deploys a mirror of %s into %s', (source, destination) => {
  const template = synthesize({ source, destination, prefix: 'site' });

  expect(deployedMirrors(template)).toEqual([expect.objectContaining({ source, destination })]);
  const policies = JSON.stringify(template.findResources('AWS::IAM::Policy'));
  expect(policies).toContain(`:s3:::${source}/site/*`);
  expect(policies).toContain(`:s3:::${destination}/site/*`);
});

it('recognises a long name in two mirrors', () => {
  const mirrors = [
    { name: 'One', source: long, destination: 'Somewhere' },
    { name: 'Two', source: 'Other', destination: long },
    { name: 'Three', source: 'Another', destination: long },
  ];
  const create = () =>
    createStacks(createApp(), { demo: false, shareReports: true, mirrors: mirrors.map(parseMirrorSettings) });

  expect(create).toThrow(long);
});

it('keeps reports in an old bucket', () => {
  const template = synthesize({ source: 'from', destination: 'into', reportBucket: 'Old_Reports' });

  expect(JSON.stringify(template.findOutputs('ReportBucketName'))).toContain('Old_Reports');
});
