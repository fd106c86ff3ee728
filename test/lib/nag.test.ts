import { AwsSolutionsChecks, NIST80053R5Checks } from 'cdk-nag';
import { BucketSyncStack } from '../../lib/bucket-sync-stack';
import { parseMirrorSettings } from '../../lib/mirror-settings';
import { createApp } from './synthesize';

interface Accepted {
  /** The rule, with what it found in brackets. */
  readonly rule: RegExp;
  /** Path of the constructs, below the stack. */
  readonly where: RegExp;
  readonly because: string;
}

/** Every finding that stays, and why. */
const ACCEPTED: readonly Accepted[] = [
  {
    rule: /^AwsSolutions-IAM5\[Resource::\*\]$/,
    where: /(Role|Resource\/Role)\/DefaultPolicy\/Resource$/,
    because: 'X-Ray, and the delivery of logs by Step Functions, know no smaller resource',
  },
  {
    rule: /^AwsSolutions-IAM5\[Resource::(arn:<AWS::Partition>:s3:::example-\w+(\/(runs|locks|evidence|grace|keys))?|<\w*ReportBucket\w*\.Arn>\/\w+)(\/\.bucketsync)?\/\*(\.bucketsync-probe-\*)?\]$/,
    where: /Functions\/\w+Role\/DefaultPolicy\/Resource$/,
    because: 'keys are not known before a run; the bucket and the folder are named, and so is each action',
  },
  {
    rule: /^AwsSolutions-IAM5\[Resource::.*:states:.*:execution:.*:\*\]$/,
    where: /StateMachine\/(DistributedMap|DescribeExecution)\/Resource$/,
    because: 'executions get their names when they start; they are those of this state machine',
  },
  {
    rule: /^AwsSolutions-SF1$/,
    where: /StateMachine/,
    because:
      'errors are logged; all events would carry keys of objects into the logs, and the history has them for 90 days',
  },
  {
    rule: /^AwsSolutions-SQS3$/,
    where: /(Schedules|Notifications)\/DeadLetters/,
    because: 'it is the dead-letter queue of the schedules, or of the notifications',
  },
  {
    rule: /^AwsSolutions-S1$|-S3BucketLoggingEnabled$/,
    where: /ReportBucket/,
    because: 'where access logs go is for an account to decide: give a `reportBucket` that has them',
  },
  {
    rule: /-S3BucketReplicationEnabled$/,
    where: /ReportBucket/,
    because: 'a report is written once and expires; who wants a copy elsewhere gives a `reportBucket` that has one',
  },
  {
    rule: /-S3DefaultEncryptionKMS$/,
    where: /ReportBucket/,
    because: 'encrypted with keys of S3; a key of your own comes with a `reportBucket` of your own',
  },
  {
    rule: /-CloudWatchLogGroupEncrypted$/,
    where: /Logs\/Resource$/,
    because: 'encrypted with keys of CloudWatch Logs; the content of objects is in none of them',
  },
  {
    rule: /-SNSEncryptedKMS$/,
    where: /Notifications\/Topic/,
    because: 'EventBridge cannot publish with the key of SNS; a topic with a key of its own can be given',
  },
  {
    rule: /-SNSEncryptedKMS$/,
    where: /Alarms\/Topic/,
    because: 'CloudWatch cannot publish with the key of SNS; a topic with a key of its own can be given',
  },
  {
    rule: /-IAMNoInlinePolicy$/,
    where: /Policy\/Resource$|StateMachine\/(DistributedMap|DescribeExecution)\/Resource$|SchedulerRole/,
    because: 'each belongs to one role and goes with it; nobody else is to attach it',
  },
  {
    rule: /-LambdaConcurrency$/,
    where: /Functions\/\w+\/Resource$/,
    because: '`maxConcurrency` of the execution limits it; a reservation would be taken from the account all day',
  },
  {
    rule: /-LambdaDLQ$/,
    where: /Functions\/\w+\/Resource$/,
    because: 'the state machine waits for each answer and retries: nothing is invoked asynchronously',
  },
  {
    rule: /-LambdaInsideVPC$/,
    where: /Functions\/\w+\/Resource$/,
    because: 'they talk to S3 and Step Functions only, which are public services, over TLS',
  },
];

const app = createApp();
const mirror = parseMirrorSettings({
  source: 'example-staging',
  destination: 'example-production',
  schedule: 'cron(0 2 * * ? *)',
  email: 'editors@example.com',
  alarmEmail: 'platform@example.com',
});
new BucketSyncStack(app, 'Stack', { mirror });
const key = (id: string) => `arn:aws:kms:eu-central-1:111122223333:key/${id}`;
const locked = parseMirrorSettings({
  ...{ source: 'example-data', destination: 'example-backup', acls: true, archived: 'restore' },
  ...{ sourceKey: key('source'), destinationKey: key('destination'), logKey: key('logs') },
  ...{ environmentKey: key('variables'), reportBucket: 'example-reports', reportKey: key('reports') },
  ...{ vpcId: 'vpc-0123456789abcdef0', vpcSubnets: ['subnet-0123456789abcdef0'], stateMachineName: 'nightly' },
});
new BucketSyncStack(app, 'Locked', { mirror: locked });

const findings = [new AwsSolutionsChecks(app), new NIST80053R5Checks(app)].flatMap((pack) =>
  pack
    .validateScope(app)
    .violations.flatMap(({ ruleName, violatingResources }) =>
      violatingResources.map(({ constructPath = '' }) => ({ rule: ruleName, where: constructPath })),
    ),
);

it('finds something, so that it would find more', () => {
  expect(findings.length).toBeGreaterThan(ACCEPTED.length);
});

it('leaves no finding that nobody has accepted', () => {
  const open = findings.filter(
    (finding) => !ACCEPTED.some(({ rule, where }) => rule.test(finding.rule) && where.test(finding.where)),
  );

  expect(open).toEqual([]);
});

it.each(ACCEPTED)('still has to accept $rule, because $because', ({ rule, where }) => {
  expect(findings.some((finding) => rule.test(finding.rule) && where.test(finding.where))).toBe(true);
});
