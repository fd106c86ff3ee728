import { Duration, Stack, TimeZone } from 'aws-cdk-lib';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import * as sns from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import { BucketSync } from '../../../lib';

/** What the pages in `docs/recipes` show of a CDK app, each as it stands there. By the names of the pages. */
export const RECIPE_STACKS: Readonly<Record<string, new (scope: Construct, id: string) => Stack>> = {
  'off-site-backup': class OffSiteBackup extends Stack {
    constructor(scope: Construct, id: string) {
      super(scope, id);
      const copy = new s3.Bucket(this, 'Copy', {
        versioned: true,
        blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
        enforceSSL: true,
        lifecycleRules: [
          { noncurrentVersionExpiration: Duration.days(90), abortIncompleteMultipartUploadAfter: Duration.days(7) },
        ],
      });
      const theirs = { bucketName: 'their-data', account: '111111111111' };
      const alarmTopic = new sns.Topic(this, 'Alarms', { enforceSSL: true });
      new BucketSync(this, 'Backup', {
        mirrors: [
          {
            source: { bucket: s3.Bucket.fromBucketAttributes(this, 'Data', theirs) },
            destination: { bucket: copy },
            input: { verify: true, maxDeletes: '5%' },
            schedules: [{ name: 'nightly', schedule: ScheduleExpression.cron({ hour: '1', minute: '0' }) }],
          },
        ],
        monitoring: { alarmTopic, successBy: { hour: 6, timeZone: TimeZone.EUROPE_BERLIN } },
      });
    }
  },

  'publish-a-site': class PublishASite extends Stack {
    constructor(scope: Construct, id: string) {
      super(scope, id);
      const invalidate = { distribution: 'E2QWRUHAPOMQZL' };
      const alarmTopic = new sns.Topic(this, 'Alarms', { enforceSSL: true });
      new BucketSync(this, 'Site', {
        mirrors: [
          {
            source: { bucket: s3.Bucket.fromBucketName(this, 'Staging', 'my-staging'), prefix: 'site' },
            destination: { bucket: s3.Bucket.fromBucketName(this, 'Production', 'my-production') },
            input: { mode: 'publish', exclude: ['drafts/**'], deleteAfter: '7d', maxDeletes: '10%', invalidate },
            undoable: true,
            schedules: [
              {
                name: 'nightly',
                schedule: ScheduleExpression.cron({ hour: '2', minute: '0', timeZone: TimeZone.EUROPE_BERLIN }),
              },
            ],
          },
        ],
        monitoring: { alarmTopic },
      });
    }
  },

  'data-lake-prefix': class DataLakePrefix extends Stack {
    constructor(scope: Construct, id: string) {
      super(scope, id);
      const alarmTopic = new sns.Topic(this, 'Alarms', { enforceSSL: true });
      new BucketSync(this, 'Events', {
        mirrors: [
          {
            source: { bucket: s3.Bucket.fromBucketName(this, 'Lake', 'lake'), prefix: 'events/2026' },
            destination: { bucket: s3.Bucket.fromBucketName(this, 'LakeCopy', 'lake-copy'), prefix: 'events/2026' },
            input: { exclude: ['_temporary/**'], delete: false },
            schedules: [{ name: 'hourly', schedule: ScheduleExpression.rate(Duration.hours(1)) }],
          },
        ],
        monitoring: { alarmTopic, successWithin: Duration.hours(3) },
      });
    }
  },
};
