import { listPermissions } from './permissions';
import { synthesize } from './synthesize';

const template = synthesize();

it('tells the state machine, the report bucket and the command that starts it', () => {
  expect(template.findOutputs('*')).toEqual({
    StateMachineArn: { Value: { Ref: expect.stringMatching(/StateMachine/) } },
    ReportBucketName: { Value: { Ref: expect.stringMatching(/ReportBucket/) } },
    StartCommand: {
      Description: 'Mirrors the bucket once',
      Value: {
        'Fn::Join': [
          '',
          [
            'aws stepfunctions start-execution --region ',
            { Ref: 'AWS::Region' },
            ' --state-machine-arn ',
            { Ref: expect.stringMatching(/StateMachine/) },
            ` --input '{"source":"example-staging","destination":"example-production"}'`,
          ],
        ],
      },
    },
  });
});

it('leaves the two buckets themselves alone', () => {
  template.resourceCountIs('AWS::S3::Bucket', 1);
});

it('consists of these resources', () => {
  const resources = Object.entries(template.toJSON().Resources as Record<string, { Type: string }>);

  expect(resources.map(([id, { Type }]) => `${Type} ${id.replace(/[0-9A-F]{8}$/, '')}`).sort()).toMatchSnapshot();
});

it('gives these permissions', () => {
  const lines = listPermissions(template)
    .filter(({ action }) => !action.startsWith('xray:'))
    .map(({ grantee, action, resource }) => `${grantee}: ${action} on ${resource}`);

  expect(lines.sort()).toMatchSnapshot();
});
