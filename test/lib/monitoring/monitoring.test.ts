import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Stack } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import * as sns from 'aws-cdk-lib/aws-sns';
import { BucketSync, type SyncMirror } from '../../../lib';
import { parseMirrorSettings } from '../../../lib/mirror-settings';
import { ALARM_NAMES } from '../../../lib/monitoring/describe-alarm';
import { ENVIRONMENT } from '../../../statemachine/contract';
import { createApp, synthesize } from '../synthesize';

const SETTINGS = {
  source: 'staging',
  destination: 'production',
  prefix: 'site',
  schedule: 'cron(0 2 * * ? *)',
  alarmEmail: 'me@example.com',
};
const RUNBOOK = readFileSync(join(__dirname, '../../../docs/runbook.md'), 'utf8');

interface Properties {
  readonly AlarmDescription: unknown;
  readonly AlarmActions: unknown;
  readonly OKActions: unknown;
  readonly Namespace?: string;
  readonly MetricName?: string;
  readonly Dimensions: readonly { readonly Name: string; readonly Value: unknown }[];
  readonly TreatMissingData: string;
  readonly WarmUpConfiguration?: unknown;
}

function alarmsOf(template: Template): Properties[] {
  return Object.values(template.findResources('AWS::CloudWatch::Alarm')).map(({ Properties }) => Properties);
}

/** The alarm's name, as its description links it. */
function nameOf({ AlarmDescription: text }: Properties): string {
  const [, name = ''] = /section "Alarm (\w+)"/.exec(JSON.stringify(text).replaceAll('\\"', '"')) ?? [];
  return name;
}

describe('a stack with alarmEmail and a schedule', () => {
  const template = synthesize(SETTINGS);
  const alarms = alarmsOf(template);

  it('has each alarm once, and the runbook has a section for each', () => {
    expect(alarms.map(nameOf).sort()).toEqual([...ALARM_NAMES].sort());
    expect(ALARM_NAMES.filter((name) => !RUNBOOK.includes(`\n## Alarm ${name}\n`))).toEqual([]);
  });

  it('tells the topic when an alarm goes off, and when it is over', () => {
    const [topic] = Object.keys(template.findResources('AWS::SNS::Topic'));
    for (const { AlarmActions, OKActions } of alarms) {
      expect(AlarmActions).toEqual([{ Ref: topic }]);
      expect(OKActions).toEqual([{ Ref: topic }]);
    }
  });

  it('lets the alarms of this account publish to the topic, whose policy allows nobody else', () => {
    template.hasResourceProperties('AWS::SNS::TopicPolicy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({
            Effect: 'Allow',
            Action: 'sns:Publish',
            Principal: { Service: 'cloudwatch.amazonaws.com' },
            Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
          }),
        ]),
      },
    });
  });

  it('watches the place that the mirror writes to', () => {
    const ofRuns = alarms.filter(({ Namespace }) => Namespace === 'BucketSync');
    expect(ofRuns).toHaveLength(5);
    for (const { Dimensions } of ofRuns)
      expect(Dimensions).toEqual([{ Name: 'Mirror', Value: 's3://production/site' }]);
  });

  it('lets nothing but missing successes go off for want of data', () => {
    const breaching = alarms.filter(({ TreatMissingData }) => TreatMissingData === 'breaching');
    expect(breaching.map(nameOf)).toEqual(['NoSuccess']);
  });

  it('warms the alarm on silence up for as long as it looks back', () => {
    const silence = alarms.find((alarm) => nameOf(alarm) === 'NoSuccess') as Properties;
    expect(silence).toMatchObject({ Period: 3600, EvaluationPeriods: 26 });
    expect(silence.WarmUpConfiguration).toEqual({ WarmUpPeriodDurationInMinutes: 26 * 60 });
  });

  it('lets FinishRun publish metrics, and no other function', () => {
    const functions = Object.values(template.findResources('AWS::Lambda::Function')).map(
      ({ Properties }) => Properties,
    );
    const publishing = functions.filter(({ Environment }) => Environment?.Variables[ENVIRONMENT.metrics] !== undefined);
    expect(publishing.map(({ Description }) => Description)).toEqual([expect.stringContaining('FinishRun')]);
    expect(publishing[0]?.Environment.Variables).toMatchObject({
      [ENVIRONMENT.metrics]: 'essential',
      [ENVIRONMENT.mirrors]: expect.anything(),
    });
  });

  it('has a dashboard of metrics that exist, unless it is not wanted', () => {
    const [dashboard] = Object.values(template.findResources('AWS::CloudWatch::Dashboard'));
    const body = JSON.stringify(dashboard?.Properties.DashboardBody);
    for (const name of ['RunSucceeded', 'RunDuration', 'ObjectsCopied', 'ObjectsFailed', 'BytesCopied', 'alarms'])
      expect(body).toContain(name);
    synthesize({ ...SETTINGS, dashboard: false }).resourceCountIs('AWS::CloudWatch::Dashboard', 0);
  });
});

it('has no alarm, metric or dashboard without alarmEmail', () => {
  const template = synthesize({ source: 'staging', destination: 'production' });
  template.resourceCountIs('AWS::CloudWatch::Alarm', 0);
  template.resourceCountIs('AWS::CloudWatch::Dashboard', 0);
  expect(JSON.stringify(template.toJSON())).not.toContain(ENVIRONMENT.metrics);
});

it.each<[settings: object, message: string]>([
  [{ alarmEmail: undefined, dashboard: true }, 'Expected `dashboard` together with `alarmEmail`'],
  [{ alarmEmail: undefined, successWithinHours: 5 }, 'Expected `successWithinHours` together with `alarmEmail`'],
  [{ metrics: 'some' }, '`metrics`'],
  [{ successWithinHours: 200 }, '`successWithinHours`'],
  [{ alarmEmail: 'me' }, 'an e-mail address'],
])('rejects %j', (settings, message) => {
  const given = Object.fromEntries(
    Object.entries({ ...SETTINGS, ...settings }).filter(([, value]) => value !== undefined),
  );
  expect(() => parseMirrorSettings(given)).toThrow(message);
});

it('requires successWithinHours of a mirror without a schedule', () => {
  const { schedule: _, ...settings } = SETTINGS;
  expect(() => synthesize(settings)).toThrow('Expected `successWithin` or `successBy`');
  expect(alarmsOf(synthesize({ ...settings, successWithinHours: 30 })).map(nameOf)).toContain('NoSuccess');
});

describe('a construct with several mirrors', () => {
  const app = createApp();
  const stack = new Stack(app, 'Several');
  const bucket = (name: string) => s3.Bucket.fromBucketName(stack, name, name);
  const mirrors: SyncMirror[] = [
    { source: { bucket: bucket('one') }, destination: { bucket: new s3.Bucket(stack, 'Own') } },
    {
      source: { bucket: bucket('other') },
      destination: { bucket: bucket('copy'), prefix: 'großes' },
      schedules: [{ name: 'monthly', schedule: ScheduleExpression.cron({ day: '1', hour: '3', minute: '0' }) }],
    },
  ];

  it('asks for a time where a mirror has no schedule', () => {
    const alone = new Stack(createApp(), 'Alone');
    const create = () => {
      new BucketSync(alone, 'Sync', {
        mirrors: [
          {
            source: { bucket: s3.Bucket.fromBucketName(alone, 'a', 'a1a') },
            destination: { bucket: s3.Bucket.fromBucketName(alone, 'b', 'b1b') },
          },
        ],
        monitoring: { alarmTopic: new sns.Topic(alone, 'Topic') },
      });
      return Template.fromStack(alone);
    };
    expect(create).toThrow('Expected `successWithin` or `successBy`');
  });

  it('watches each of them, also one whose bucket CloudFormation names', () => {
    const sync = new BucketSync(stack, 'Sync', {
      mirrors,
      monitoring: {
        alarmTopic: new sns.Topic(stack, 'Topic'),
        successBy: { hour: 6 },
        runbookUrl: 'https://wiki/runbook',
      },
    });
    const template = Template.fromStack(stack);
    const silences = alarmsOf(template).filter(({ MetricName }) => MetricName === 'RunSucceeded');
    const [own] = Object.keys(template.findResources('AWS::S3::Bucket', { DeletionPolicy: 'Retain' })).filter((id) =>
      id.startsWith('Own'),
    );
    expect(silences.map(({ Dimensions }) => Dimensions[0]?.Value)).toEqual([
      { 'Fn::Join': ['', ['s3://', { Ref: own }]] },
      's3://copy/gro%C3%9Fes',
    ]);
    expect(JSON.stringify(silences)).toContain('https://wiki/runbook#alarm-nosuccess');
    expect(silences[0]).toMatchObject({
      Period: 86_400,
      EvaluationWindow: { WallClockWindow: { Timezone: '-06:00' } },
    });
    expect(sync.metricRunSucceeded({ mirror: 1 }).dimensions).toEqual({ Mirror: 's3://copy/gro%C3%9Fes' });
    expect(() => sync.metricObjectsFailed({ mirror: 2 })).toThrow('Expected `mirror` to be from 0 to 1, got 2');
  });
});

it('warns where no alarm could tell that a mirror has stopped working', () => {
  const stack = new Stack(createApp(), 'Monthly');
  new BucketSync(stack, 'Sync', {
    mirrors: [
      {
        source: { bucket: s3.Bucket.fromBucketName(stack, 'a', 'a1a') },
        destination: { bucket: s3.Bucket.fromBucketName(stack, 'b', 'b1b') },
        schedules: [{ name: 'monthly', schedule: ScheduleExpression.cron({ day: '1', hour: '3', minute: '0' }) }],
      },
    ],
    monitoring: { alarmTopic: new sns.Topic(stack, 'Topic') },
  });
  Annotations.fromStack(stack).hasWarning(
    '/Monthly/Sync/Monitoring',
    Match.stringLikeRegexp('starts less often than once a week'),
  );
  expect(alarmsOf(Template.fromStack(stack)).map(nameOf)).not.toContain('NoSuccess');
});
