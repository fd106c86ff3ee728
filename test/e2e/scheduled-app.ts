import { App, Duration, Stack } from 'aws-cdk-lib';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import * as sns from 'aws-cdk-lib/aws-sns';
import { BucketSync } from '../../lib';

/** The stack of `bin/app.ts`, built as another CDK app would, with notifications, and a schedule that is soon seen to fire. */
const app = new App();
const stack = new Stack(app, 'BucketSync');
new BucketSync(stack, 'BucketSync', {
  notifications: { topic: new sns.Topic(stack, 'Ended') },
  mirrors: [
    {
      source: { bucket: s3.Bucket.fromBucketName(stack, 'Source', 'staging') },
      destination: { bucket: s3.Bucket.fromBucketName(stack, 'Destination', 'production') },
      schedules: [
        { name: 'every-minute', schedule: ScheduleExpression.rate(Duration.minutes(1)), input: { dryRun: true } },
      ],
    },
  ],
});
