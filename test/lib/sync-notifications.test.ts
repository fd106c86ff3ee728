import { Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as sns from 'aws-cdk-lib/aws-sns';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { BucketSync, type SyncNotifications } from '../../lib';
import { type Transformer, template, transform } from '../support/event-bridge';
import { createApp } from './synthesize';

interface RuleProperties {
  readonly Targets: readonly [{ readonly InputTransformer: Transformer }];
}

/** As in Step Functions' documentation of its events, for a FAILED execution. */
const EVENT = {
  version: '0',
  id: '315c1398-40ff-a850-213b-158f73e60175',
  'detail-type': 'Step Functions Execution Status Change',
  source: 'aws.states',
  account: '012345678912',
  time: '2019-02-26T19:42:21Z',
  region: 'us-east-1',
  resources: ['arn:aws:states:us-east-1:012345678912:execution:state-machine-name:execution-name'],
  detail: {
    executionArn: 'arn:aws:states:us-east-1:012345678912:execution:state-machine-name:execution-name',
    stateMachineArn: 'arn:aws:states:us-east-1:012345678912:stateMachine:state-machine',
    name: 'execution-name',
    status: 'FAILED',
    startDate: 1551225146847,
    stopDate: 1551225151881,
    input: '{}',
    inputDetails: { included: true },
    output: null,
    outputDetails: null,
  },
};

/** What differs in other events. */
const EVENTS: readonly [what: string, detail: object][] = [
  ['the documented event, which has neither error nor cause', {}],
  ['an input with quotes', { input: '{"source":"a","exclude":["*.tmp"]}' }],
  ['a hostile input', { input: '{"exclude":["\\"\\\\\\n</script><detail-status>\\u0001"]}\n"\\' }],
  [
    'an error with a cause of several lines',
    { error: 'ListingError', cause: 'Could not list "a":\r\n\tAt C:\\keys\n</b>' },
  ],
  ['a cause that is JSON', { error: 'Lambda.Unknown', cause: '{"errorType":"E","errorMessage":"say \\"why\\""}' }],
  ['no error and no cause, as null', { error: null, cause: null }],
  ['an input that was too long to come along', { input: null, inputDetails: { included: false } }],
  ['one that was stopped', { status: 'ABORTED', cause: undefined }],
  ['one that took too long', { status: 'TIMED_OUT', error: 'States.Timeout' }],
  ['one that succeeded', { status: 'SUCCEEDED', output: '{"runId":"execution-name","totals":{"copied":1}}' }],
];

function synthesizeNotifications(
  on?: SyncNotifications['on'],
  deadLetterQueue?: sqs.IQueue,
  stack = new Stack(createApp(), 'Stack'),
): Template {
  new BucketSync(stack, 'BucketSync', {
    mirrors: [
      {
        source: { bucket: s3.Bucket.fromBucketName(stack, 'Source', 'staging') },
        destination: { bucket: s3.Bucket.fromBucketName(stack, 'Destination', 'production') },
      },
    ],
    notifications: { topic: new sns.Topic(stack, 'Topic'), on, deadLetterQueue },
  });
  return Template.fromStack(stack);
}

it.each<[on: SyncNotifications['on'], status: string[]]>([
  [undefined, ['SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED']],
  [['FAILED'], ['FAILED']],
])('for %j notifies only of executions of this state machine that end with %j', (on, status) => {
  synthesizeNotifications(on).hasResourceProperties('AWS::Events::Rule', {
    EventPattern: {
      source: ['aws.states'],
      'detail-type': ['Step Functions Execution Status Change'],
      detail: { stateMachineArn: [{ Ref: Match.stringLikeRegexp('StateMachine') }], status },
    },
    Targets: [Match.objectLike({ Arn: { Ref: Match.stringLikeRegexp('^Topic') } })],
  });
});

describe('the message', () => {
  const [rule] = Object.values(synthesizeNotifications().findResources('AWS::Events::Rule'));
  const { InputTemplate, InputPathsMap }: Transformer = (rule as { Properties: RuleProperties }).Properties.Targets[0]
    .InputTransformer;

  it('has no placeholder of input, error or cause, and inside of strings only what needs no escape', () => {
    const inStrings = [...template(InputTemplate).matchAll(/"(?:[^"\\]|\\.)*"/g)].flatMap(([text]) =>
      [...text.matchAll(/<([^<>]+)>/g)].map(([, name = '']) => InputPathsMap[name]),
    );

    expect(inStrings).toEqual(['$.detail.name']);
    expect(Object.values(InputPathsMap).sort()).toEqual(
      ['$.detail', '$.detail.executionArn', '$.detail.name', '$.detail.status'].sort(),
    );
  });

  it.each(EVENTS)('is JSON that says how the run ended, with what, and where the report is: %s', (_what, detail) => {
    const event = { ...EVENT, detail: { ...EVENT.detail, ...detail } };

    expect(JSON.parse(transform(event, { InputTemplate, InputPathsMap }))).toEqual({
      bucketsync: event.detail.status,
      report: 's3://REPORTS/runs/execution-name/',
      execution: event.detail.executionArn,
      detail: JSON.parse(JSON.stringify(event.detail)),
    });
  });

  it('that EventBridge cannot deliver is kept in a queue of the construct, or in a given one', () => {
    const deadLetters = { DeadLetterConfig: { Arn: { 'Fn::GetAtt': [Match.stringLikeRegexp('DeadLetters'), 'Arn'] } } };
    synthesizeNotifications().hasResourceProperties('AWS::Events::Rule', { Targets: [Match.objectLike(deadLetters)] });

    const stack = new Stack(createApp(), 'Stack');
    const queue = sqs.Queue.fromQueueArn(stack, 'Queue', 'arn:aws:sqs:us-east-1:111122223333:ours');
    const given = synthesizeNotifications(undefined, queue, stack);
    given.hasResourceProperties('AWS::Events::Rule', {
      Targets: [Match.objectLike({ DeadLetterConfig: { Arn: 'arn:aws:sqs:us-east-1:111122223333:ours' } })],
    });
    given.resourceCountIs('AWS::SQS::Queue', 0);
  });
});

it('lets EventBridge publish to the topic', () => {
  synthesizeNotifications().hasResourceProperties('AWS::SNS::TopicPolicy', {
    PolicyDocument: {
      Statement: [Match.objectLike({ Action: 'sns:Publish', Principal: { Service: 'events.amazonaws.com' } })],
    },
  });
});
