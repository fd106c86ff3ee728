import { Duration, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { BucketSync } from '../../lib';
import { DemoStack } from '../../lib/demo-stack';
import { createApp, synthesize } from '../lib/synthesize';

const buckets = { source: 'example-staging', destination: 'example-production' };
const keyArn = (id: string) => `arn:aws:kms:eu-central-1:111122223333:key/${id}-1111-1111-1111-111111111111`;
const scheduled = { ...buckets, schedule: 'cron(0 2 * * ? *)', scheduleTimezone: 'Europe/Berlin' };
const monitored = { ...scheduled, email: 'editors@example.com', alarmEmail: 'platform@example.com', metrics: 'all' };
const locked = {
  ...monitored,
  ...{ sourceKey: keyArn('aaaaaaaa'), destinationKey: keyArn('bbbbbbbb'), logKey: keyArn('cccccccc') },
  ...{ environmentKey: keyArn('dddddddd'), reportBucket: 'example-reports', reportKey: keyArn('eeeeeeee') },
  ...{ vpcId: 'vpc-0123456789abcdef0', vpcSubnets: ['subnet-0123456789abcdef0', 'subnet-0fedcba9876543210'] },
  ...{ stateMachineName: 'nightly-mirror', removalPolicy: 'retain', scheduleWindowMinutes: 15, acls: true },
};
const elsewhere = {
  ...buckets,
  sourceEndpointUrl: 'https://0123456789.r2.cloudflarestorage.com',
  sourceRegion: 'auto',
  sourceSecret: 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:r2-keys-AbCdEf',
};

/** A key that the stack creates gets the statements that it needs. */
function withOwnKeys(): Template {
  const stack = new Stack(createApp(), 'OwnKeys');
  const key = (id: string) => new kms.Key(stack, `${id}Key`, { enableKeyRotation: true });
  const bucket = (id: string) => ({
    bucket: new s3.Bucket(stack, id, {
      encryptionKey: key(id),
      blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
      versioned: true,
    }),
  });
  const sync = new BucketSync(stack, 'Sync', {
    mirrors: [{ source: bucket('Source'), destination: bucket('Destination') }],
    logKey: key('Log'),
    environmentKey: key('Environment'),
  });
  sync.addSchedule({ name: 'nightly', schedule: ScheduleExpression.rate(Duration.days(1)) });
  sync.grantRead(new iam.Role(stack, 'Reader', { assumedBy: new iam.AccountRootPrincipal() }));
  return Template.fromStack(stack);
}

/** Of each kind of deployment. Other people's tools check them. */
export const TEMPLATES: readonly (readonly [what: string, create: () => Template])[] = [
  ['one mirror', () => synthesize(buckets)],
  ['one with a schedule and notifications', () => synthesize({ ...scheduled, email: 'editors@example.com' })],
  ['one with monitoring', () => synthesize(monitored)],
  ['one in a VPC with a key for everything', () => synthesize(locked)],
  ['one from another S3', () => synthesize(elsewhere)],
  ['a construct with keys of its stack', withOwnKeys],
  ['the demo', () => Template.fromStack(new DemoStack(createApp(), 'BucketSyncDemo'))],
];
