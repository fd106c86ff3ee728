import { Match } from 'aws-cdk-lib/assertions';
import { listPermissions } from './permissions';
import { deployedMirrors, synthesize } from './synthesize';

const template = synthesize();

it('outputs the state machine, the report bucket and the command that starts it', () => {
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
            " --input '{}'",
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

describe('with every setting', () => {
  const key = (name: string) => `arn:aws:kms:eu-central-1:111111111111:key/${name}`;
  const full = synthesize({
    source: 'example-staging',
    destination: 'example-production',
    prefix: 'site',
    destinationPrefix: "editors' site",
    sourceKey: key('11111111-1111-1111-1111-111111111111'),
    destinationKey: key('22222222-2222-2222-2222-222222222222'),
    reportBucket: 'example-reports',
    reportKey: key('33333333-3333-3333-3333-333333333333'),
    schedule: 'cron(0 2 * * ? *)',
    scheduleTimezone: 'Europe/Berlin',
    scheduleWindowMinutes: 15,
    email: 'editors@example.com',
    notifyOn: ['FAILED'],
    memoryMib: 2048,
    logDays: 7,
    tracing: false,
    maxDeletes: '10%',
    mayOverride: ['verify'],
  });

  it('starts at that time what is deployed', () => {
    full.hasResourceProperties('AWS::Scheduler::Schedule', {
      ScheduleExpression: 'cron(0 2 * * ? *)',
      ScheduleExpressionTimezone: 'Europe/Berlin',
      FlexibleTimeWindow: { Mode: 'FLEXIBLE', MaximumWindowInMinutes: 15 },
      Target: { Input: '{}' },
    });
  });

  it('writes a failure to that address, and nothing else', () => {
    full.hasResourceProperties('AWS::SNS::Subscription', { Protocol: 'email', Endpoint: 'editors@example.com' });
    full.hasResourceProperties('AWS::Events::Rule', { EventPattern: { detail: { status: ['FAILED'] } } });
  });

  it.each([
    ['default', /"Resource":\{"Fn::Join":\["",\["arn:",.*":event-bus\/default"\]\]\}/],
    [
      'arn:aws:events:eu-west-1:222222222222:event-bus/ours',
      /"Resource":"arn:aws:events:eu-west-1:222222222222:event-bus\/ours"/,
    ],
  ])('sends events to a bus of that name or ARN: %s', (eventBus, resource) => {
    const found = synthesize({
      source: 'example-staging',
      destination: 'example-production',
      eventBus,
      eventSource: 'com.example',
    });

    const policies = JSON.stringify(found.findResources('AWS::IAM::Policy'));
    expect(policies).toContain('"ForAllValues:StringEquals":{"events:source":"com.example"}');
    expect(policies).toMatch(resource);
  });

  it('names the runbook in messages, also if there are no alarms', () => {
    const runbookUrl = 'https://example.com/runbook';
    const found = synthesize({
      source: 'example-staging',
      destination: 'example-production',
      email: 'editors@example.com',
      runbookUrl,
    });

    expect(JSON.stringify(found.findResources('AWS::Events::Rule'))).toContain(`Runbook: ${runbookUrl}#`);
  });

  it.each([
    [{ eventSource: 'com.example' }, 'Expected `eventSource` together with `eventBus`'],
    [{ eventBus: 'default', eventSource: 'aws.s3' }, 'Expected `eventSource` to be letters, digits'],
    [{ eventBus: 'two words' }, 'Expected `eventBus` to be the name or the ARN of an event bus'],
    [{ runbookUrl: 'https://example.com' }, 'Expected `runbookUrl` together with `alarmEmail` or `email`'],
  ])('rejects %j', (settings, message) => {
    expect(() => synthesize({ source: 'example-staging', destination: 'example-production', ...settings })).toThrow(
      message,
    );
  });

  it('uses what it is given, and no more of it than the folders', () => {
    const resources = listPermissions(full).map(({ resource }) => resource);

    full.resourceCountIs('AWS::S3::Bucket', 0);
    expect(resources).toEqual(
      expect.arrayContaining([
        key('11111111-1111-1111-1111-111111111111'),
        key('22222222-2222-2222-2222-222222222222'),
        key('33333333-3333-3333-3333-333333333333'),
        's3:::example-reports/runs/*',
        's3:::example-staging/site/*',
        "s3:::example-production/editors' site/*",
      ]),
    );
    expect(resources).not.toContain('s3:::example-production/*');
    full.allResourcesProperties('AWS::Logs::LogGroup', { RetentionInDays: 7 });
    full.hasResourceProperties('AWS::Lambda::Function', { MemorySize: 2048, TracingConfig: Match.absent() });
  });

  it('lets each function use the key of the report bucket that reads or writes there, and no other', () => {
    const onKey = listPermissions(full).filter(({ resource }) => resource.includes('33333333-'));
    const using = (action: string) => onKey.filter((permission) => permission.action === action);
    const grantees = (action: string) => [...new Set(using(action).map(({ grantee }) => grantee))].sort();

    expect(grantees('kms:Decrypt')).toEqual([
      'AdvanceCopy',
      'AdvanceDelete',
      'CopyRange',
      'DeleteRange',
      'FinishRun',
      'ValidateInput',
    ]);
    expect(grantees('kms:GenerateDataKey')).toEqual([
      'AdvanceCopy',
      'CopyRange',
      'DeleteRange',
      'FinishRun',
      'ValidateInput',
    ]);
    expect(onKey).toHaveLength(using('kms:Decrypt').length + using('kms:GenerateDataKey').length);
  });

  it('deploys every field of the input', () => {
    expect(deployedMirrors(full)).toEqual([
      {
        source: 'example-staging',
        destination: 'example-production',
        prefix: 'site/',
        destinationPrefix: "editors' site/",
        sourceOwner: '<AWS::AccountId>',
        destinationOwner: '<AWS::AccountId>',
        maxDeletes: '10%',
        mayOverride: ['verify'],
      },
    ]);
  });
});
