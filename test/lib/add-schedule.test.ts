import { Duration, Stack } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import * as sns from 'aws-cdk-lib/aws-sns';
import { BucketSync, type BucketSyncProps, type SyncSchedule } from '../../lib';
import { createApp } from './synthesize';

function create(props: (stack: Stack) => Partial<BucketSyncProps> = () => ({})): { stack: Stack; sync: BucketSync } {
  const stack = new Stack(createApp(), 'Stack');
  const bucket = (name: string) => ({ bucket: s3.Bucket.fromBucketName(stack, name, name) });
  const sync = new BucketSync(stack, 'Sync', {
    mirrors: [{ source: bucket('staging'), destination: bucket('production') }],
    ...props(stack),
  });
  return { stack, sync };
}

const at = (name: string, expression: string, more: Partial<SyncSchedule> = {}): SyncSchedule => ({
  name,
  schedule: ScheduleExpression.expression(expression),
  ...more,
});
const nightly = at('nightly', 'cron(0 2 * * ? *)');
const monitored = (stack: Stack) => ({ monitoring: { alarmTopic: new sns.Topic(stack, 'Topic') } });

/** Of the alarm on silence, in hours. */
function hoursOf(stack: Stack): number[] {
  const alarms = Template.fromStack(stack).findResources('AWS::CloudWatch::Alarm', {
    Properties: { MetricName: 'RunSucceeded' },
  });
  return Object.values(alarms).map(({ Properties }) => (Properties.Period * Properties.EvaluationPeriods) / 3600);
}

it('makes the template that the same schedules among the props make', () => {
  const more = at('noon', 'cron(0 12 * * ? *)', { timeWindow: Duration.minutes(5), input: { verify: true } });
  const late = create(monitored);
  for (const schedule of [nightly, more]) late.sync.addSchedule(schedule);
  const early = create((stack) => {
    const bucket = (name: string) => ({ bucket: s3.Bucket.fromBucketName(stack, `${name}2`, name) });
    const mirror = { source: bucket('staging'), destination: bucket('production'), schedules: [nightly, more] };
    return { ...monitored(stack), mirrors: [mirror] };
  });

  expect(Template.fromStack(late.stack).toJSON()).toEqual(Template.fromStack(early.stack).toJSON());
});

it('shares the role and the queue of the schedules', () => {
  const { stack, sync } = create();
  sync.addSchedule(nightly);
  sync.addSchedule(at('noon', 'cron(0 12 * * ? *)'));
  const template = Template.fromStack(stack);

  template.resourceCountIs('AWS::Scheduler::Schedule', 2);
  template.resourceCountIs('AWS::SQS::Queue', 1);
  const targets = Object.values(template.findResources('AWS::Scheduler::Schedule')).map(({ Properties }) =>
    JSON.stringify([Properties.Target.RoleArn, Properties.Target.DeadLetterConfig]),
  );
  expect(new Set(targets).size).toBe(1);
});

it('belongs to the mirror that is named', () => {
  const { stack, sync } = create((scope) => {
    const bucket = (name: string) => ({ bucket: s3.Bucket.fromBucketName(scope, `${name}2`, name) });
    return {
      mirrors: [
        { source: bucket('aaa'), destination: bucket('bbb') },
        { source: bucket('ccc'), destination: bucket('ddd') },
      ],
    };
  });
  sync.addSchedule(nightly, 1);

  Template.fromStack(stack).hasResourceProperties('AWS::Scheduler::Schedule', {
    Target: { Input: Match.serializedJson({ source: 'ccc', destination: 'ddd', prefix: '', destinationPrefix: '' }) },
  });
  expect(() => sync.addSchedule(at('third', 'rate(1 day)'), 2)).toThrow('Expected `mirror` to be from 0 to 1, got 2');
});

it.each<[schedule: SyncSchedule, message: string]>([
  [
    at('nightly', 'cron(0 12 * * ? *)'),
    'Expected each schedule of a construct to have its own `name`, got "nightly" twice',
  ],
  [
    at('', 'cron(0 12 * * ? *)'),
    'Expected the `name` of a schedule to be neither empty nor StarterRole or DeadLetters',
  ],
  [at('DeadLetters', 'cron(0 12 * * ? *)'), 'got "DeadLetters"'],
  [at('other', 'cron(0 2 * * ? *)'), 'Expected schedules that write to the same folder to start at different times'],
  [at('other', 'rate(1 hour)'), 'which may both start at any time'],
  [at('other', 'daily'), 'Schedule `other`: Expected `schedule` to be'],
  [at('other', 'rate(1 day)', { input: { maxDeletes: '200%' } }), 'Schedule `other`: Expected `maxDeletes` to be'],
  [at('other', 'rate(1 day)', { inputs: {} } as object), 'schedule `other``: Unknown field `inputs`'],
])('is checked like the schedules of the props: %#', (schedule, message) => {
  const { sync } = create();
  sync.addSchedule(nightly);

  expect(() => sync.addSchedule(schedule)).toThrow(message);
});

it('is compared with the schedules of other constructs of the app', () => {
  const { stack, sync } = create();
  const other = new Stack(stack.node.root as never, 'Other');
  const bucket = (name: string) => ({ bucket: s3.Bucket.fromBucketName(other, name, name), prefix: 'site' });
  const part = new BucketSync(other, 'Sync', {
    mirrors: [{ source: bucket('staging'), destination: bucket('production') }],
  });
  sync.addSchedule(nightly);

  expect(() => part.addSchedule(at('same time', 'cron(0 2 * * ? *)'))).toThrow(
    'got `nightly` of `Stack/Sync` (s3://staging/ → s3://production/) and `same time` of `Other/Sync`',
  );
});

describe('the alarm on silence', () => {
  it('counts a schedule that was added later', () => {
    const { stack, sync } = create(monitored);
    sync.addSchedule(nightly);
    expect(hoursOf(stack)).toEqual([26]);
  });

  it('counts all schedules, early and late', () => {
    const { stack, sync } = create(monitored);
    sync.addSchedule(nightly);
    sync.addSchedule(at('noon', 'cron(0 14 * * ? *)'));
    expect(hoursOf(stack)).toEqual([14]);
  });

  it.each<[what: string, more: SyncSchedule]>([
    ['writes nothing', at('look', 'cron(30 * * * ? *)', { input: { dryRun: true } })],
    ['mirrors a folder only', at('news', 'cron(30 * * * ? *)', { input: { prefix: 'news' } })],
    ['leaves something out', at('pages', 'cron(30 * * * ? *)', { input: { include: ['*.html'] } })],
    ['deletes nothing', at('adds', 'cron(30 * * * ? *)', { input: { delete: false } })],
    ['is off', at('off', 'cron(30 * * * ? *)', { enabled: false })],
  ])('does not count a schedule that %s: no run of it is a success', (_what, more) => {
    const { stack, sync } = create(monitored);
    sync.addSchedule(nightly);
    sync.addSchedule(more);
    expect(hoursOf(stack)).toEqual([26]);

    const only = create(monitored);
    only.sync.addSchedule(more);
    expect(() => Template.fromStack(only.stack)).toThrow('Expected `successWithin` or `successBy`');
  });

  it('waits for a start that comes as late as its window allows', () => {
    const { stack, sync } = create(monitored);
    sync.addSchedule({ ...nightly, timeWindow: Duration.hours(6) });
    expect(hoursOf(stack)).toEqual([32]);
  });

  it('warns no more of a rare schedule once another one was added', () => {
    const { stack, sync } = create(monitored);
    sync.addSchedule(at('monthly', 'cron(0 3 1 * ? *)'));
    sync.addSchedule(at('daily', 'cron(0 12 * * ? *)'));

    Template.fromStack(stack);
    Annotations.fromStack(stack).hasNoWarning('*', Match.stringLikeRegexp('once a week'));
  });
});
