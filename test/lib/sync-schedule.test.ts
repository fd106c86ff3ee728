import { Duration, Stack, TimeZone } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { BucketSync, type SyncSchedule } from '../../lib';
import { listPermissions } from './permissions';
import { createApp } from './synthesize';

const nightly = {
  name: 'nightly',
  schedule: ScheduleExpression.cron({ hour: '2', minute: '30', timeZone: TimeZone.EUROPE_BERLIN }),
};

function synthesizeSchedules(schedules: SyncSchedule[], sources = ['staging']): Template {
  const stack = new Stack(createApp(), 'Stack');
  new BucketSync(stack, 'BucketSync', {
    sources: sources.map((name) => s3.Bucket.fromBucketName(stack, name, name)),
    destinations: [{ bucket: new s3.Bucket(stack, 'Production'), prefix: 'site' }],
    schedules,
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

it('takes the only source and the only destination where it names none', () => {
  synthesizeSchedules([nightly]).hasResourceProperties('AWS::Scheduler::Schedule', {
    Target: {
      Input: {
        'Fn::Join': [
          '',
          [
            '{"source":"staging","destination":"',
            { Ref: Match.stringLikeRegexp('^Production') },
            '","destinationPrefix":"site/"}',
          ],
        ],
      },
    },
  });
});

it('hands on an input, a window and whether it is on', () => {
  const weekly = {
    ...nightly,
    name: 'weekly',
    input: { source: 'staging', destination: 'production', maxDeletes: '10%' },
    timeWindow: Duration.minutes(15),
    enabled: false,
  };

  synthesizeSchedules([weekly]).hasResourceProperties('AWS::Scheduler::Schedule', {
    State: 'DISABLED',
    FlexibleTimeWindow: { Mode: 'FLEXIBLE', MaximumWindowInMinutes: 15 },
    Target: { Input: '{"source":"staging","destination":"production","maxDeletes":"10%"}' },
  });
});

it('keeps starts that failed in one queue, encrypted and TLS only, or in the one given', () => {
  const stack = new Stack();
  const own = {
    ...nightly,
    name: 'own',
    deadLetterQueue: sqs.Queue.fromQueueArn(stack, 'Q', 'arn:aws:sqs:eu-west-1:111111111111:mine'),
  };
  const template = synthesizeSchedules([nightly, { ...nightly, name: 'noon' }, own]);
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
    grantee.startsWith('SchedulerRole'),
  );

  expect(permissions.map(({ action, resource }) => `${action} on ${resource}`).sort()).toEqual([
    'sqs:SendMessage on <SchedulesDeadLetters>',
    'states:StartExecution on <StateMachine>',
  ]);
});

it.each<[SyncSchedule, string]>([
  [
    { ...nightly, input: { maxDeletes: '200%' } },
    'Schedule `nightly`: Expected `maxDeletes` to be a count of 0 or more',
  ],
  [{ ...nightly, input: { maxDelets: 1 } as object }, 'did you mean `maxDeletes`?'],
  [{ ...nightly, input: { source: 'Staging' } }, 'Schedule `nightly`: Expected `source` to be the name of a bucket'],
  [
    { ...nightly, input: { source: 'elsewhere' } },
    'Schedule `nightly`: Expected `source` to be what this state machine is deployed for, s3://staging/, got s3://elsewhere/',
  ],
])('refuses at synthesis what would fail at night: %#', (schedule, message) => {
  expect(() => synthesizeSchedules([schedule])).toThrow(message);
});

it.each<[input: SyncSchedule['input'], message: string | undefined]>([
  [{ prefix: 'site/news' }, undefined],
  [
    { prefix: 'sites' },
    'Expected `source` to be what this state machine is deployed for, s3://staging/site/, got s3://staging/sites/',
  ],
  [
    { source: 'staging' },
    'Expected `source` to be what this state machine is deployed for, s3://staging/site/, got s3://staging/',
  ],
  [
    { destinationPrefix: 'b/c' },
    'Expected `destination` to be what this state machine is deployed for, s3://production/a/ or s3://production/b/d/, got s3://production/b/c/',
  ],
])('knows at synthesis which folders a schedule may name: %j', (input, message) => {
  const stack = new Stack(createApp(), 'Stack');
  const production = s3.Bucket.fromBucketName(stack, 'Production', 'production');
  const create = () =>
    new BucketSync(stack, 'BucketSync', {
      sources: [{ bucket: s3.Bucket.fromBucketName(stack, 'Staging', 'staging'), prefix: 'site' }],
      destinations: ['a', 'b/d'].map((prefix) => ({ bucket: production, prefix })),
      schedules: [{ ...nightly, input: { destination: 'production', destinationPrefix: 'a', ...input } }],
    });

  if (message === undefined) expect(create).not.toThrow();
  else expect(create).toThrow(`Schedule \`nightly\`: ${message}`);
});

it('wants to know the source where there are two', () => {
  expect(() => synthesizeSchedules([nightly], ['staging', 'other'])).toThrow(
    'Schedule `nightly`: Expected `input.source` to name one of 2 buckets, got nothing',
  );
});
