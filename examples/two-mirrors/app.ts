import { App, Duration, Stack, TimeZone } from 'aws-cdk-lib';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import * as sns from 'aws-cdk-lib/aws-sns';
import { BucketSync } from 'bucketsync';

const app = new App();

/** Publishes a web site: what changed every hour, and once a week everything is compared header by header. */
const site = new Stack(app, 'PublishSite');
new BucketSync(site, 'Mirror', {
  mirrors: [
    {
      source: { bucket: s3.Bucket.fromBucketName(site, 'Staging', 'example-staging') },
      destination: { bucket: s3.Bucket.fromBucketName(site, 'Production', 'example-production') },
      input: { mode: 'publish', maxDeletes: '10%' },
      schedules: [
        { name: 'hourly', schedule: ScheduleExpression.cron({ minute: '0' }) },
        {
          name: 'weekly',
          schedule: ScheduleExpression.cron({
            weekDay: 'SUN',
            hour: '3',
            minute: '30',
            timeZone: TimeZone.EUROPE_BERLIN,
          }),
          input: { compare: 'metadata', verify: true },
          timeWindow: Duration.minutes(15),
        },
      ],
    },
  ],
  notifications: { topic: new sns.Topic(site, 'Editors', { enforceSSL: true }), on: ['FAILED', 'TIMED_OUT'] },
});

/** Keeps a copy of another account's data, encrypted with that account's key, in a bucket that this stack makes. */
const backup = new Stack(app, 'Backup');
new BucketSync(backup, 'Mirror', {
  mirrors: [
    {
      source: {
        bucket: s3.Bucket.fromBucketAttributes(backup, 'Data', { bucketName: 'example-data', account: '111111111111' }),
        prefix: 'invoices',
        encryptionKey: kms.Key.fromKeyArn(backup, 'DataKey', 'arn:aws:kms:eu-central-1:111111111111:key/example'),
      },
      destination: {
        bucket: new s3.Bucket(backup, 'Copy', {
          blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
          enforceSSL: true,
          lifecycleRules: [{ abortIncompleteMultipartUploadAfter: Duration.days(7) }],
        }),
      },
    },
  ],
});
