import { Duration, Fn, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { BucketSync, type BucketSyncProps, type IBucketSync } from '../../lib';
import { SYNC_TASKS } from '../../permissions/sync-tasks';
import { listPermissions } from './permissions';
import { createApp, synthesize as synthesizeApp } from './synthesize';

const TASKS = SYNC_TASKS.map(({ name }) => name);
const MACHINE = '<StateMachine>';
const MACHINE_ARN = 'arn:aws:states:eu-west-1:111122223333:stateMachine:Mirror';

function create(props: (stack: Stack) => Partial<BucketSyncProps> = () => ({})): { stack: Stack; sync: BucketSync } {
  const stack = new Stack(createApp(), 'Stack');
  const sync = new BucketSync(stack, 'BucketSync', {
    mirrors: [
      {
        source: { bucket: s3.Bucket.fromBucketName(stack, 'Source', 'staging') },
        destination: { bucket: s3.Bucket.fromBucketName(stack, 'Destination', 'production'), prefix: 'site' },
      },
    ],
    ...props(stack),
  });
  return { stack, sync };
}

const nightly = { name: 'nightly', schedule: ScheduleExpression.cron({ hour: '2', minute: '0' }) };

describe('what the construct shows', () => {
  it('has each function, its role and its log group by the name of its Task, and those of the state machine', () => {
    const { sync } = create();

    expect(Object.keys(sync.functions)).toEqual(TASKS);
    expect(Object.keys(sync.roles)).toEqual([...TASKS, 'StateMachine']);
    expect(Object.keys(sync.logGroups)).toEqual([...TASKS, 'StateMachine']);
  });

  it('has every role, function and log group that the template has', () => {
    const { stack, sync } = create(() => ({}));
    sync.addSchedule(nightly);
    const template = Template.fromStack(stack);

    template.resourceCountIs('AWS::IAM::Role', Object.keys(sync.roles).length);
    template.resourceCountIs('AWS::Lambda::Function', Object.keys(sync.functions).length);
    template.resourceCountIs('AWS::Logs::LogGroup', Object.keys(sync.logGroups).length);
    expect(Object.keys(sync.roles)).toContain('Schedules');
  });

  it('has a queue for lost starts only if a schedule uses it', () => {
    const { sync } = create();
    expect(sync.deadLetterQueue).toBeUndefined();
    sync.addSchedule(nightly);
    expect(sync.deadLetterQueue).toBeDefined();
  });
});

describe('permissions that the construct gives', () => {
  function granted(
    grant: (sync: IBucketSync, person: iam.IGrantable) => iam.Grant,
    { stack, sync } = create(),
  ): string[] {
    const person = new iam.Role(stack, 'Person', { assumedBy: new iam.AccountRootPrincipal() });
    expect(grant(sync, person).success).toBe(true);
    return listPermissions(Template.fromStack(stack))
      .filter(({ grantee }) => grantee === 'Person')
      .map(({ action, resource }) => `${action} on ${resource}`)
      .sort();
  }

  it('let start executions, and nothing else', () => {
    expect(granted((sync, person) => sync.grantStart(person))).toEqual([`states:StartExecution on ${MACHINE}`]);
  });

  const arnOf = (kind: string) => `arn:${`${MACHINE}:`.repeat(4)}${kind}:${MACHINE}`;

  it('let read executions and reports, as docs/deploy.md lists it for watch, runs and report', () => {
    expect(granted((sync, person) => sync.grantRead(person))).toEqual([
      's3:GetObject on <ReportBucket>/runs/*',
      's3:ListBucket on <ReportBucket>',
      `states:DescribeExecution on ${arnOf('execution')}:*`,
      `states:DescribeMapRun on ${arnOf('mapRun')}/*:*`,
      `states:GetExecutionHistory on ${arnOf('execution')}:*`,
      `states:ListExecutions on ${MACHINE}`,
    ]);
  });

  it('let read reports with their key', () => {
    const withKey = create((stack) => ({
      reportBucket: s3.Bucket.fromBucketName(stack, 'Reports', 'my-reports'),
      reportKey: kms.Key.fromKeyArn(stack, 'Key', 'arn:aws:kms:eu-west-1:111122223333:key/reports'),
    }));
    expect(granted((sync, person) => sync.grantRead(person), withKey)).toContain(
      'kms:Decrypt on arn:aws:kms:eu-west-1:111122223333:key/reports',
    );
  });

  it('let stop executions', () => {
    expect(granted((sync, person) => sync.grantStop(person))).toEqual([
      `states:DescribeExecution on ${arnOf('execution')}:*`,
      `states:StopExecution on ${arnOf('execution')}:*`,
    ]);
  });
});

describe('an imported state machine', () => {
  const stack = new Stack(createApp(), 'Elsewhere');
  const imported = BucketSync.fromStateMachineArn(stack, 'Mirror', MACHINE_ARN);

  it('has metrics by the name of a mirror, of its own account and Region', () => {
    for (const mirrorName of ['s3://production/große dateien', 's3://production/gro%C3%9Fe%20dateien/']) {
      const metric = imported.metricRunSucceeded({ mirrorName, period: Duration.hours(6) });
      expect(metric.dimensions).toEqual({ Mirror: 's3://production/gro%C3%9Fe%20dateien' });
      expect(metric).toMatchObject({ namespace: 'BucketSync', statistic: 'Sum', region: 'eu-west-1' });
      expect(metric.account).toBe('111122223333');
    }
    expect(() => imported.metricObjectsFailed()).toThrow('Expected `mirrorName`');
    expect(() => imported.metricObjectsFailed({ mirrorName: 'production' })).toThrow('Expected s3://bucket');
  });

  it.each([
    '',
    'Mirror',
    MACHINE_ARN.replace(':stateMachine:', ':execution:'),
    `${MACHINE_ARN}:7`,
    'arn:aws:lambda:eu-west-1:111122223333:function:Mirror',
  ])('is named by its ARN, not by "%s"', (arn) => {
    expect(() => BucketSync.fromStateMachineArn(new Stack(), 'Mirror', arn)).toThrow(
      'Expected `stateMachineArn` to be like',
    );
  });

  it('may have an ARN that CloudFormation fills in', () => {
    const other = new Stack(createApp(), 'Tokens');
    const sync = BucketSync.fromStateMachineArn(other, 'Mirror', Fn.importValue('MirrorArn'));
    sync.grantRead(new iam.Role(other, 'Role', { assumedBy: new iam.AccountRootPrincipal() }));

    expect(sync.metricRunSucceeded({ mirrorName: 's3://production' }).dimensions).toEqual({
      Mirror: 's3://production',
    });
    expect(JSON.stringify(Template.fromStack(other).findResources('AWS::IAM::Policy'))).toContain(
      'states:DescribeMapRun',
    );
  });

  it('names the same metrics as the construct that was deployed', () => {
    const { sync } = create();
    expect(imported.metricObjectsFailed({ mirrorName: 's3://production/site' }).dimensions).toEqual(
      sync.metricObjectsFailed().dimensions,
    );
  });

  it('may be started, read and stopped by whom the app lets, also where it is of another account', () => {
    const role = new iam.Role(stack, 'Role', { assumedBy: new iam.AccountRootPrincipal() });
    imported.grantStart(role);
    imported.grantRead(role);
    imported.grantStop(role);
    const permissions = listPermissions(Template.fromStack(stack)).map(
      ({ action, resource }) => `${action} ${resource}`,
    );

    const of = (kind: string) => `arn:aws:states:eu-west-1:111122223333:${kind}:Mirror`;
    expect(permissions.sort()).toEqual([
      `states:DescribeExecution ${of('execution')}:*`,
      `states:DescribeMapRun ${of('mapRun')}/*:*`,
      `states:GetExecutionHistory ${of('execution')}:*`,
      `states:ListExecutions ${of('stateMachine')}`,
      `states:StartExecution ${of('stateMachine')}`,
      `states:StopExecution ${of('execution')}:*`,
    ]);
  });

  it('lets reports be read if its report bucket is given', () => {
    const other = new Stack(createApp(), 'Other');
    const role = new iam.Role(other, 'Role', { assumedBy: new iam.AccountRootPrincipal() });
    const reportBucket = s3.Bucket.fromBucketName(other, 'Reports', 'their-reports');
    BucketSync.fromBucketSyncAttributes(other, 'Mirror', { stateMachineArn: MACHINE_ARN, reportBucket }).grantRead(
      role,
    );

    expect(listPermissions(Template.fromStack(other))).toContainEqual(
      expect.objectContaining({ action: 's3:GetObject', resource: 's3:::their-reports/runs/*' }),
    );
  });
});

describe('a metric', () => {
  it.each<[call: (sync: BucketSync) => unknown, message: string]>([
    [(sync) => sync.metric('RunsSucceeded'), 'Expected one of the metrics RunSucceeded, '],
    [(sync) => sync.metric('toString'), 'got "toString"'],
    [(sync) => sync.metricRunSucceeded({ mirror: 1 }), 'Expected `mirror` to be from 0 to 0, got 1'],
    [(sync) => sync.metricRunSucceeded({ mirror: -1 }), 'got -1'],
    [(sync) => sync.metricRunSucceeded({ mirror: 0.5 }), 'got 0.5'],
    [
      (sync) => sync.metricRunSucceeded({ mirrorName: 's3://production' }),
      'Expected `mirrorName` to be s3://production/site, got "s3://production"',
    ],
    [
      (sync) => sync.metricRunSucceeded({ mirror: 0, mirrorName: 's3://a' }),
      'Expected `mirror` or `mirrorName`, got both',
    ],
  ])('must exist: %#', (call, message) => {
    expect(() => call(create().sync)).toThrow(message);
  });
});

describe('keys of your own', () => {
  const join = (...parts: string[]) => ({
    'Fn::Join': ['', parts.map((part) => (part.startsWith('AWS::') ? { Ref: part } : part))],
  });
  const logKey = (stack: Stack) => new kms.Key(stack, 'LogKey');

  it('encrypt every log, and let CloudWatch Logs use the key for logs of this account alone', () => {
    const template = Template.fromStack(create((stack) => ({ logKey: logKey(stack) })).stack);

    template.allResourcesProperties('AWS::Logs::LogGroup', {
      KmsKeyId: { 'Fn::GetAtt': [Match.stringLikeRegexp('LogKey'), 'Arn'] },
    });
    const [key] = Object.values(template.findResources('AWS::KMS::Key'));
    expect(key?.Properties.KeyPolicy.Statement).toContainEqual({
      Effect: 'Allow',
      Principal: { Service: join('logs.', 'AWS::Region', '.', 'AWS::URLSuffix') },
      Action: ['kms:Decrypt*', 'kms:Describe*', 'kms:Encrypt*', 'kms:GenerateDataKey*', 'kms:ReEncrypt*'],
      Resource: '*',
      Condition: {
        ArnLike: {
          'kms:EncryptionContext:aws:logs:arn': join(
            ...['arn:', 'AWS::Partition', ':logs:', 'AWS::Region', ':', 'AWS::AccountId', ':log-group:*'],
          ),
        },
      },
    });
  });

  it('encrypt the environment of every function, whose role may decrypt with it', () => {
    const template = Template.fromStack(
      create((stack) => ({ environmentKey: new kms.Key(stack, 'VariableKey') })).stack,
    );

    template.allResourcesProperties('AWS::Lambda::Function', {
      KmsKeyArn: { 'Fn::GetAtt': [Match.stringLikeRegexp('VariableKey'), 'Arn'] },
    });
    const onKey = listPermissions(template).filter(({ resource }) => resource.includes('VariableKey'));
    expect(onKey.map(({ grantee, action }) => `${grantee} ${action}`).sort()).toEqual(
      TASKS.map((task) => `${task} kms:Decrypt`).sort(),
    );
  });
});

describe('what is destroyed with the stack', () => {
  const policiesOf = (template: Template) => ({
    bucket: Object.values(template.findResources('AWS::S3::Bucket')).map(({ DeletionPolicy }) => DeletionPolicy),
    logs: [...new Set(Object.values(template.findResources('AWS::Logs::LogGroup')).map((log) => log.DeletionPolicy))],
  });

  it.each([
    [undefined, { bucket: ['Retain'], logs: ['Delete'] }],
    [RemovalPolicy.RETAIN, { bucket: ['Retain'], logs: ['Retain'] }],
    [RemovalPolicy.DESTROY, { bucket: ['Delete'], logs: ['Delete'] }],
  ])('with removalPolicy %s', (removalPolicy, policies) => {
    expect(policiesOf(Template.fromStack(create(() => ({ removalPolicy })).stack))).toEqual(policies);
  });
});

it('refuses a snapshot, which CloudFormation would refuse when it deploys', () => {
  expect(() => create(() => ({ removalPolicy: RemovalPolicy.SNAPSHOT }))).toThrow('got SNAPSHOT');
});

it('gives the state machine the name that is asked for', () => {
  const template = Template.fromStack(create(() => ({ stateMachineName: 'nightly-mirror' })).stack);
  template.hasResourceProperties('AWS::StepFunctions::StateMachine', { StateMachineName: 'nightly-mirror' });
});

describe('the same in the context', () => {
  const mirror = { source: 'a-source', destination: 'a-destination' };
  const key = (id: string) => `arn:aws:kms:eu-central-1:111111111111:key/${id}`;

  it('has the keys, the removal policy and the name of the state machine', () => {
    const template = synthesizeApp({
      ...mirror,
      ...{ logKey: key('logs'), environmentKey: key('variables') },
      ...{ removalPolicy: 'destroy', stateMachineName: 'nightly-mirror' },
    });

    template.allResourcesProperties('AWS::Logs::LogGroup', { KmsKeyId: key('logs') });
    template.allResourcesProperties('AWS::Lambda::Function', { KmsKeyArn: key('variables') });
    template.hasResource('AWS::S3::Bucket', { DeletionPolicy: 'Delete' });
    template.hasResourceProperties('AWS::StepFunctions::StateMachine', { StateMachineName: 'nightly-mirror' });
  });

  it.each<[settings: object, message: string]>([
    [{ logKey: 'alias/logs' }, 'Expected `logKey` to be the ARN of a KMS key'],
    [{ environmentKey: 'my-key' }, 'Expected `environmentKey` to be the ARN of a KMS key'],
    [{ removalPolicy: 'snapshot' }, 'Expected `removalPolicy` to be one of "retain", "destroy", got "snapshot"'],
    [{ stateMachineName: 'my mirror' }, 'Expected `stateMachineName` to be a name of 1 to 80 letters'],
    [{ stateMachineName: 'x'.repeat(81) }, 'Expected `stateMachineName` to be a name of 1 to 80 letters'],
  ])('rejects %j', (settings, message) => {
    expect(() => synthesizeApp({ ...mirror, ...settings })).toThrow(message);
  });
});
