import { Match, type Template } from 'aws-cdk-lib/assertions';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as sns from 'aws-cdk-lib/aws-sns';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import type { Host } from '../../lambdas/engine/ports/host';
import { finishRun } from '../../lambdas/engine/tasks/finish-run';
import type { BucketSyncProps } from '../../lib';
import { ENVIRONMENT } from '../../statemachine/contract';
import { type Transformer, template, transform } from '../support/event-bridge';
import { matchesPattern } from '../support/event-pattern';
import { synthesizeSync, variable } from './announcing-stack';
import { listResources } from './synthesize';

interface RuleProperties {
  readonly EventPattern: { readonly detail: { readonly status: readonly string[] } };
  readonly Targets: readonly [{ readonly InputTransformer: Transformer; readonly DeadLetterConfig: object }];
}

/** As in Step Functions' documentation of its events. */
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

type Notifications = NonNullable<BucketSyncProps['notifications']>;

const withMessages = (more: Partial<Notifications> = {}) =>
  synthesizeSync((stack) => ({ notifications: { topic: new sns.Topic(stack, 'Topic'), ...more } }));

function rulesOf(found: Template): Record<string, RuleProperties> {
  const rules = listResources<RuleProperties>(found, 'AWS::Events::Rule').map(([, rule]) => rule);
  return Object.fromEntries(rules.map((rule) => [rule.EventPattern.detail.status[0], rule]));
}

const all = rulesOf(withMessages({ runbookUrl: 'https://example.com/runbook' }));

it.each<[Notifications['on'], rules: string[]]>([
  [undefined, ['FAILED', 'TIMED_OUT', 'ABORTED']],
  [['FAILED'], ['FAILED']],
  [['SUCCEEDED', 'ABORTED'], ['ABORTED']],
  [['SUCCEEDED'], []],
])('for %j rules tell of the ends of which FinishRun cannot: %j', (on, rules) => {
  const found = withMessages({ on });

  expect(Object.keys(rulesOf(found)).sort()).toEqual(rules.sort());
  for (const status of rules) {
    found.hasResourceProperties('AWS::Events::Rule', {
      EventPattern: {
        source: ['aws.states'],
        'detail-type': ['Step Functions Execution Status Change'],
        detail: { stateMachineArn: [{ Ref: Match.stringLikeRegexp('StateMachine') }], status: [status] },
      },
      Targets: [Match.objectLike({ Arn: { Ref: Match.stringLikeRegexp('^Topic') } })],
    });
  }
});

describe('one end has one message:', () => {
  /** `Error` and `Cause` of a Task, as Step Functions writes them. */
  const ENDS: readonly [what: string, error: string, cause: string | null][] = [
    [
      'an error of a handler',
      'SyncIncompleteError',
      '{"errorType":"SyncIncompleteError","errorMessage":"3 objects","trace":[]}',
    ],
    [
      'an error of a handler whose message looks like JSON',
      'TypeError',
      '{"errorType":"TypeError","errorMessage":"{\\"error\\":1}"}',
    ],
    ['a cause without a message', 'Error', '{"errorType":"Error"}'],
    [
      'a function that died',
      'Runtime.ExitError',
      '{"errorType":"Runtime.ExitError","errorMessage":"RequestId: 1 Error: exit"}',
    ],
    [
      'a function that ran out of time',
      'Sandbox.Timedout',
      '{"errorType":"Sandbox.Timedout","errorMessage":"Task timed out"}',
    ],
    [
      'an error that Lambda does not know',
      'Lambda.Unknown',
      'The cause could not be determined because Lambda did not return an error type.',
    ],
    [
      'a Lambda that has no room',
      'Lambda.TooManyRequestsException',
      'Rate Exceeded. (Service: Lambda, Status Code: 429)',
    ],
    ['a Task that ran out of time', 'States.Timeout', null],
    [
      'a state that is too long',
      'States.DataLimitExceeded',
      'The state/task returned a result with a size exceeding the limit',
    ],
  ];

  const failing = (detail: object) => ({ ...EVENT, detail: { ...EVENT.detail, stateMachineArn: 'x', ...detail } });
  const pattern = {
    ...all.FAILED?.EventPattern,
    detail: { ...all.FAILED?.EventPattern.detail, stateMachineArn: ['x'] },
  };

  it.each(ENDS)('%s, in FinishRun itself: the rule tells of it', (_what, error, cause) => {
    expect(matchesPattern(failing({ error, cause }), pattern)).toBe(true);
  });

  it.each(ENDS)('%s, before FinishRun, which tells of it: the rule does not', async (_what, name, cause) => {
    const host = { now: () => 0, rangeMemoryMib: 1792 } as Host;
    const given = {
      executionInput: {},
      executionId: 'run',
      executionName: 'run',
      startedAt: new Date(0).toISOString(),
    };
    const { error } = await finishRun(
      { ...given, state: { Error: name, ...(cause !== null && { Cause: cause }) } },
      host,
    );

    expect(error?.message).toBeTruthy();
    expect(matchesPattern(failing({ error: error?.name, cause: error?.message }), pattern)).toBe(false);
  });

  it.each(['TIMED_OUT', 'ABORTED'])('%s: a rule tells of it, whatever its cause', (status) => {
    const rule = {
      ...all[status]?.EventPattern,
      detail: { ...all[status]?.EventPattern.detail, stateMachineArn: ['x'] },
    };

    for (const cause of [null, undefined, 'as somebody wrote'])
      expect(matchesPattern(failing({ status, cause }), rule)).toBe(true);
    expect(matchesPattern(failing({ status: 'FAILED', cause: '{' }), rule)).toBe(false);
  });
});

describe('the message of a rule', () => {
  const transformerOf = (status: string) => (all[status] as RuleProperties).Targets[0].InputTransformer;
  const EVENTS: readonly [what: string, detail: object][] = [
    ['the documented event', {}],
    ['a hostile input', { input: '{"exclude":["\\"\\\\\\n</script><detail-status>\\u0001"]}\n"\\' }],
    [
      'an error with a cause of several lines',
      { error: 'Lambda.Unknown', cause: 'Could not list "a":\r\n\tAt C:\\keys\n</b>' },
    ],
    ['who stopped it wrote', { error: 'bucketsync SUCCEEDED\n', cause: '"\nbucketsync SUCCEEDED s3://production\n' }],
    ['no error and no cause, as null', { error: null, cause: null }],
  ];

  const cases = EVENTS.flatMap(([what, detail]) => Object.keys(all).map((status) => [status, what, detail] as const));

  it.each(cases)('%s is lines of text, none of which others have chosen: %s', (status, _what, detail) => {
    const transformer = transformerOf(status);
    const event = { ...EVENT, detail: { ...EVENT.detail, ...detail, status } };

    const lines = transform(event, transformer)
      .split('\n')
      .map((line) => JSON.parse(line) as string);

    expect(lines).toHaveLength(7);
    expect(lines[0]).toMatch(new RegExp(`^bucketsync ${status} execution-name: [a-z ]+$`));
    expect(lines[3]).toBe('  Start a run: bucketsync start --state-machine REPORTS');
    expect(lines[4]).toBe('Report, as far as it came: s3://REPORTS/runs/execution-name/');
    expect(lines[5]).toMatch(/^Runbook: https:\/\/example\.com\/runbook#(interruptederror|going-on-after-a-failure)$/);
    expect(lines[6]).toBe(`Execution: ${EVENT.detail.executionArn}`);
  });

  it.each(Object.keys(all))('%s has no placeholder of input, error or cause', (status) => {
    const { InputPathsMap, InputTemplate } = transformerOf(status);

    expect(Object.values(InputPathsMap).sort()).toEqual(['$.detail.executionArn', '$.detail.name']);
    expect([...template(InputTemplate).matchAll(/<([^<>]+)>/g)]).toHaveLength(3);
  });

  it('says that CloudFront may not know of all changes, if runs tell it', () => {
    const rules = rulesOf(
      synthesizeSync((stack) => ({
        notifications: { topic: new sns.Topic(stack, 'Topic') },
        mirrors: [
          {
            source: { bucket: s3.Bucket.fromBucketName(stack, 'Staging', 'staging') },
            destination: { bucket: s3.Bucket.fromBucketName(stack, 'Production', 'production') },
            input: { invalidate: { distribution: 'EDFDVBD6EXAMPLE' } },
          },
        ],
      })),
    );

    for (const { Targets } of Object.values(rules))
      expect(transform(EVENT, Targets[0].InputTransformer)).toContain('CloudFront: it may not know of all changes');
  });

  it('that EventBridge cannot deliver is kept in a queue of the construct, or in a given one', () => {
    for (const { Targets } of Object.values(all)) {
      expect(Targets[0].DeadLetterConfig).toEqual({
        Arn: { 'Fn::GetAtt': [expect.stringMatching('DeadLetters'), 'Arn'] },
      });
    }
    const given = synthesizeSync((stack) => ({
      notifications: {
        topic: new sns.Topic(stack, 'Topic'),
        deadLetterQueue: sqs.Queue.fromQueueArn(stack, 'Queue', 'arn:aws:sqs:us-east-1:111122223333:ours'),
      },
    }));
    for (const { Targets } of Object.values(rulesOf(given)))
      expect(Targets[0].DeadLetterConfig).toEqual({ Arn: 'arn:aws:sqs:us-east-1:111122223333:ours' });
    given.resourceCountIs('AWS::SQS::Queue', 0);
  });

  it('may be published by EventBridge', () => {
    withMessages().hasResourceProperties('AWS::SNS::TopicPolicy', {
      PolicyDocument: {
        Statement: [Match.objectLike({ Action: 'sns:Publish', Principal: { Service: 'events.amazonaws.com' } })],
      },
    });
  });
});

describe('FinishRun', () => {
  it('knows the topic, which ends send a message, and the runbook of the alarms', () => {
    const found = synthesizeSync((stack) => ({
      notifications: { topic: new sns.Topic(stack, 'Topic'), on: ['FAILED'] },
      monitoring: {
        alarmTopic: sns.Topic.fromTopicArn(stack, 'Alarms', 'arn:aws:sns:us-east-1:111122223333:alarms'),
        runbookUrl: 'https://example.com/alarms',
        successWithin: undefined,
        successBy: { hour: 6 },
      },
    }));

    const settings = variable(found, 'FinishRun', ENVIRONMENT.messages);
    expect(settings).toContain('\\\\\\"on\\\\\\":[\\\\\\"FAILED\\\\\\"]'.replaceAll('\\\\\\"', '\\"'));
    expect(settings).toContain('https://example.com/alarms');
    expect(settings).toMatch(/"Ref":"Topic/);
    for (const task of ['ValidateInput', 'CopyRange', 'ClosePhase'])
      expect(variable(found, task, ENVIRONMENT.messages)).toBeUndefined();
  });

  it('knows no topic if there are no messages', () => {
    expect(
      variable(
        synthesizeSync(() => ({})),
        'FinishRun',
        ENVIRONMENT.messages,
      ),
    ).toBeUndefined();
  });

  it('may use the key of an encrypted topic', () => {
    const found = synthesizeSync((stack) => ({
      notifications: { topic: new sns.Topic(stack, 'Topic', { masterKey: new kms.Key(stack, 'Key') }) },
    }));

    found.hasResourceProperties('AWS::IAM::Policy', {
      Roles: [{ Ref: Match.stringLikeRegexp('FinishRunRole') }],
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({ Action: ['kms:Decrypt', 'kms:GenerateDataKey*'], Effect: 'Allow' }),
        ]),
      },
    });
  });
});

it('rejects a FIFO topic, to which EventBridge cannot publish', () => {
  expect(() =>
    synthesizeSync((stack) => ({ notifications: { topic: new sns.Topic(stack, 'Topic', { fifo: true }) } })),
  ).toThrow('Expected `notifications.topic` to be a standard topic');
});
