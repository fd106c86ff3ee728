import { Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as sns from 'aws-cdk-lib/aws-sns';
import { BucketSync, type SyncNotifications } from '../../lib';
import { createApp } from './synthesize';

function synthesizeNotifications(on?: SyncNotifications['on']): Template {
  const stack = new Stack(createApp(), 'Stack');
  new BucketSync(stack, 'BucketSync', {
    mirrors: [
      {
        source: s3.Bucket.fromBucketName(stack, 'Source', 'staging'),
        destination: s3.Bucket.fromBucketName(stack, 'Destination', 'production'),
      },
    ],
    notifications: { topic: new sns.Topic(stack, 'Topic'), on },
  });
  return Template.fromStack(stack);
}

it.each([
  [undefined, ['SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED']],
  [['FAILED'] as const, ['FAILED']],
])('for %j tells of executions of this state machine alone that end with %j', (on, status) => {
  synthesizeNotifications(on).hasResourceProperties('AWS::Events::Rule', {
    EventPattern: {
      source: ['aws.states'],
      'detail-type': ['Step Functions Execution Status Change'],
      detail: { stateMachineArn: [{ Ref: Match.stringLikeRegexp('StateMachine') }], status },
    },
    Targets: [Match.objectLike({ Arn: { Ref: Match.stringLikeRegexp('^Topic') } })],
  });
});

it('says how it ended, with what error, and where the report is', () => {
  const rules = Object.values(synthesizeNotifications().findResources('AWS::Events::Rule'));
  const [{ InputTemplate, InputPathsMap }] = rules.map(({ Properties }) => Properties.Targets[0].InputTransformer);
  const text = JSON.stringify(InputTemplate);

  expect(Object.values(InputPathsMap)).toEqual(
    ['status', 'input', 'error', 'cause', 'name', 'executionArn'].map((field) => `$.detail.${field}`),
  );
  expect(text).toContain('bucketsync <detail-status>');
  expect(text).toContain('/runs/<detail-name>/');
});

it('lets EventBridge publish to the topic', () => {
  synthesizeNotifications().hasResourceProperties('AWS::SNS::TopicPolicy', {
    PolicyDocument: {
      Statement: [Match.objectLike({ Action: 'sns:Publish', Principal: { Service: 'events.amazonaws.com' } })],
    },
  });
});
