import { App, CfnOutput, Duration, Stack } from 'aws-cdk-lib';
import * as events from 'aws-cdk-lib/aws-events';
import { SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import * as sns from 'aws-cdk-lib/aws-sns';
import { SqsSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { BucketSync } from '../../lib';

/** A mirror that verifies each minute, and tells a queue each: of its messages, and of its events. */
const app = new App();
const stack = new Stack(app, 'Announced');
const [messages, told] = [new sqs.Queue(stack, 'Messages'), new sqs.Queue(stack, 'Events')];
const topic = new sns.Topic(stack, 'Ended');
topic.addSubscription(new SqsSubscription(messages, { rawMessageDelivery: true }));
const bus = new events.EventBus(stack, 'Bus');
new events.Rule(stack, 'AllEvents', {
  eventBus: bus,
  eventPattern: { source: ['bucketsync'] },
  targets: [new SqsQueue(told)],
});

const sync = new BucketSync(stack, 'Sync', {
  notifications: { topic },
  events: { bus },
  monitoring: { alarmTopic: topic, dashboard: false },
  mirrors: [
    {
      source: { bucket: s3.Bucket.fromBucketName(stack, 'Source', 'staging') },
      destination: { bucket: s3.Bucket.fromBucketName(stack, 'Destination', 'production') },
      input: { verify: true },
      schedules: [{ name: 'every-minute', schedule: ScheduleExpression.rate(Duration.minutes(1)) }],
    },
  ],
});
// MiniStack knows neither alarms with an expression nor saved queries. The metrics of runs remain
sync.node.tryRemoveChild('Monitoring');
new CfnOutput(stack, 'MessagesUrl', { value: messages.queueUrl });
new CfnOutput(stack, 'EventsUrl', { value: told.queueUrl });
new CfnOutput(stack, 'LogGroup', { value: sync.logGroups.FinishRun?.logGroupName ?? '' });
