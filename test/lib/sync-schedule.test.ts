import { Duration, Lazy, Stack, TimeZone } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { BucketSync, type SyncMirror, type SyncSchedule } from '../../lib';
import { listPermissions } from './permissions';
import { createApp } from './synthesize';

const nightly = {
  name: 'nightly',
  schedule: ScheduleExpression.cron({ hour: '2', minute: '30', timeZone: TimeZone.EUROPE_BERLIN }),
};

function synthesizeSchedules(schedules: SyncSchedule[], more: Partial<SyncMirror> = {}): Template {
  const stack = new Stack(createApp(), 'Stack');
  const staging = s3.Bucket.fromBucketName(stack, 'Staging', 'staging');
  const production = { bucket: new s3.Bucket(stack, 'Production'), prefix: 'site' };
  new BucketSync(stack, 'BucketSync', {
    mirrors: [{ source: { bucket: staging }, destination: production, schedules, ...more }],
  });
  return Template.fromStack(stack);
}

it('starts the mirror at that time of that place', () => {
  synthesizeSchedules([nightly]).hasResourceProperties('AWS::Scheduler::Schedule', {
    ScheduleExpression: 'cron(30 2 * * ? *)',
    ScheduleExpressionTimezone: 'Europe/Berlin',
    FlexibleTimeWindow: { Mode: 'OFF' },
    State: 'ENABLED',
    Target: { Arn: { Ref: Match.stringLikeRegexp('StateMachine') }, RetryPolicy: { MaximumEventAgeInSeconds: 3600 } },
  });
});

it('starts what is deployed', () => {
  synthesizeSchedules([nightly]).hasResourceProperties('AWS::Scheduler::Schedule', { Target: { Input: '{}' } });
});

it('names the mirror if there are several', () => {
  const stack = new Stack(createApp(), 'Stack');
  const bucket = (name: string) => s3.Bucket.fromBucketName(stack, name, name);
  new BucketSync(stack, 'BucketSync', {
    mirrors: [
      {
        source: { bucket: bucket('staging') },
        destination: { bucket: new s3.Bucket(stack, 'Production') },
        schedules: [nightly],
      },
      { source: { bucket: bucket('data') }, destination: { bucket: bucket('backup'), prefix: 'data' } },
    ],
  });

  Template.fromStack(stack).hasResourceProperties('AWS::Scheduler::Schedule', {
    Target: {
      Input: {
        'Fn::Join': [
          '',
          [
            '{"source":"staging","destination":"',
            { Ref: Match.stringLikeRegexp('^Production') },
            '","prefix":"","destinationPrefix":""}',
          ],
        ],
      },
    },
  });
});

it('passes on an input, a window and whether it is enabled', () => {
  const weekly = {
    ...nightly,
    name: 'weekly',
    input: { verify: true, maxDeletes: '10%' },
    timeWindow: Duration.minutes(15),
    enabled: false,
  };

  synthesizeSchedules([weekly]).hasResourceProperties('AWS::Scheduler::Schedule', {
    State: 'DISABLED',
    FlexibleTimeWindow: { Mode: 'FLEXIBLE', MaximumWindowInMinutes: 15 },
    Target: { Input: '{"verify":true,"maxDeletes":"10%"}' },
  });
});

it('keeps starts that failed in one queue, encrypted and TLS only, or in the one given', () => {
  const stack = new Stack();
  const own = {
    ...nightly,
    name: 'own',
    deadLetterQueue: sqs.Queue.fromQueueArn(stack, 'Q', 'arn:aws:sqs:eu-west-1:111111111111:mine'),
  };
  const at = (hour: string) => ({ schedule: ScheduleExpression.cron({ hour, minute: '0' }) });
  const template = synthesizeSchedules([nightly, { ...nightly, ...at('12'), name: 'noon' }, { ...own, ...at('18') }]);
  const queues = Object.values(template.findResources('AWS::Scheduler::Schedule')).map(({ Properties }) =>
    JSON.stringify(Properties.Target.DeadLetterConfig.Arn),
  );

  template.resourceCountIs('AWS::SQS::Queue', 1);
  expect(queues.filter((queue) => queue.includes('DeadLetters'))).toHaveLength(2);
  expect(queues).toContain('"arn:aws:sqs:eu-west-1:111111111111:mine"');
  template.hasResourceProperties('AWS::SQS::QueuePolicy', {
    PolicyDocument: {
      Statement: [Match.objectLike({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } })],
    },
  });
});

it('may start this state machine, write to its queue, and nothing else', () => {
  const permissions = listPermissions(synthesizeSchedules([nightly])).filter(({ grantee }) =>
    grantee.startsWith('SchedulesStarter'),
  );

  expect(permissions.map(({ action, resource }) => `${action} on ${resource}`).sort()).toEqual([
    'sqs:SendMessage on <SchedulesDeadLetters>',
    'states:StartExecution on <StateMachine>',
  ]);
});

it('trusts EventBridge Scheduler alone, for schedules of this account', () => {
  synthesizeSchedules([nightly]).hasResourceProperties('AWS::IAM::Role', {
    AssumeRolePolicyDocument: {
      Statement: [
        {
          Action: 'sts:AssumeRole',
          Effect: 'Allow',
          Principal: { Service: 'scheduler.amazonaws.com' },
          Condition: {
            StringEquals: {
              'aws:SourceAccount': { Ref: 'AWS::AccountId' },
              'aws:SourceArn': { 'Fn::Join': ['', Match.arrayWith([':schedule-group/default'])] },
            },
          },
        },
      ],
    },
  });
});

it.each<[input: SyncSchedule['input'], message: string]>([
  [{ maxDeletes: '200%' }, 'Schedule `nightly`: Expected `maxDeletes` to be a count of 0 or more'],
  [{ maxDelets: 1 } as object, 'did you mean `maxDeletes`?'],
  [{ source: 'staging!' }, 'Schedule `nightly`: Expected `source` to be the name of a bucket'],
  [
    { source: 'elsewhere' },
    'Schedule `nightly`: Expected `source` to be in a mirror that this state machine is deployed for',
  ],
  [
    { prefix: 'news', destinationPrefix: 'site' },
    'Schedule `nightly`: Expected `destinationPrefix` to be "site/news/"',
  ],
  [
    { maxDeletes: 6 },
    'Schedule `nightly`: Expected `maxDeletes` to be no more than what this state machine is deployed with, 5',
  ],
  [{ allowEmptySource: true }, 'Schedule `nightly`: Expected `allowEmptySource` to be equal to what'],
])('rejects at synthesis what would fail when it runs: %j', (input, message) => {
  expect(() => synthesizeSchedules([{ ...nightly, input }], { input: { maxDeletes: 5 } })).toThrow(message);
});

it.each<SyncSchedule['input']>([{ prefix: 'news' }, { maxDeletes: 4 }, { mode: 'publish' }, { verify: true }])(
  'accepts at synthesis what an execution may: %j',
  (input) => {
    const more: Partial<SyncMirror> = { input: { maxDeletes: 5 }, mayOverride: ['mode'] };

    expect(() => synthesizeSchedules([{ ...nightly, input }], more)).not.toThrow();
  },
);

it.each(['cron(0 2 * * *)', 'rate(1 hours)', 'rate(0 minutes)', 'at(2030-02-30T00:00:00)', 'daily'])(
  'rejects the expression %s',
  (expression) => {
    const schedule = ScheduleExpression.expression(expression);

    expect(() => synthesizeSchedules([{ ...nightly, schedule }])).toThrow(
      'Schedule `nightly`: Expected `schedule` to be',
    );
  },
);

it('leaves an expression alone that CloudFormation fills in', () => {
  const schedule = ScheduleExpression.expression(Lazy.string({ produce: () => 'rate(1 hour)' }));

  expect(() => synthesizeSchedules([{ ...nightly, schedule }])).not.toThrow();
});
