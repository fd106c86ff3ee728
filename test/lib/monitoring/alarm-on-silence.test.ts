import { type App, Duration, Stack, TimeZone } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import * as sns from 'aws-cdk-lib/aws-sns';
import { BucketSync, type SyncMonitoring } from '../../../lib';
import { createApp } from '../synthesize';
import { type AlarmProperties, type Datapoint, type StateChange, simulateAlarm } from './simulated-cloudwatch';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** A Monday in winter. The stack is deployed in the evening. */
const FIRST_DAY = Date.UTC(2026, 0, 5);
const DEPLOYED = FIRST_DAY + 18 * HOUR;
const MONTH_END = FIRST_DAY + 30 * DAY;

/** The alarm on silence of a mirror that starts at 02:00 UTC each night. */
function createAlarm(monitoring: Omit<SyncMonitoring, 'alarmTopic'> = {}): AlarmProperties {
  const app: App = createApp();
  const stack = new Stack(app, 'Nightly');
  new BucketSync(stack, 'Mirror', {
    mirrors: [
      {
        source: { bucket: s3.Bucket.fromBucketName(stack, 'Staging', 'staging') },
        destination: { bucket: s3.Bucket.fromBucketName(stack, 'Production', 'production') },
        schedules: [
          {
            name: 'nightly',
            schedule: ScheduleExpression.cron({ hour: '2', minute: '0', timeZone: TimeZone.ETC_UTC }),
          },
        ],
      },
    ],
    monitoring: { alarmTopic: new sns.Topic(stack, 'Alarms'), dashboard: false, ...monitoring },
  });
  const alarms = Object.values(Template.fromStack(stack).findResources('AWS::CloudWatch::Alarm'));
  const [alarm] = alarms.filter(({ Properties }) => Properties.MetricName === 'RunSucceeded');
  return alarm?.Properties as AlarmProperties;
}

let nightly: AlarmProperties;
beforeAll(() => {
  nightly = createAlarm();
});

/** The end of the run of each night. @param change  what is different in a night, counted from 0 */
function runs(change: (night: number) => Partial<Datapoint> | 'missing' = () => ({})): Datapoint[] {
  return Array.from({ length: 30 }, (_, night) => ({
    night,
    at: FIRST_DAY + (night + 1) * DAY + 2 * HOUR + 0.3 * HOUR,
  }))
    .flatMap(({ night, at }) => {
      const other = change(night);
      return other === 'missing' ? [] : [{ at, value: 1, ...other }];
    })
    .filter(({ at }) => at <= MONTH_END);
}

function alarmsIn(data: readonly Datapoint[], alarm = nightly): StateChange[] {
  const changes = simulateAlarm(alarm, data, { createdAt: DEPLOYED, until: MONTH_END });
  return changes.filter(({ state }, index) => state === 'ALARM' || index > 0);
}

/** Hours since the last midnight before the first day. */
function hours(changes: readonly StateChange[]): [state: string, hours: number][] {
  return changes.map(({ at, state }) => [state, Math.round((at - FIRST_DAY) / HOUR)]);
}

it('is silent for a month of successes, and on the evening on which the stack was deployed', () => {
  expect(alarmsIn(runs())).toEqual([]);
});

it.each<[what: string, night: Partial<Datapoint> | 'missing']>([
  ['did not run', 'missing'],
  ['failed, was stopped, or was held by a guard', { value: 0 }],
])('goes off two hours after a night that %s, and is over with the next success', (_what, night) => {
  const changes = alarmsIn(runs((index) => (index === 9 ? night : {})));

  const [lastSuccess, nextSuccess] = [9 * 24 + 2.3, 11 * 24 + 2.3];
  expect(hours(changes)).toEqual([
    ['ALARM', Math.round(lastSuccess + 26)],
    ['OK', Math.round(nextSuccess)],
  ]);
});

it('waits for a run that is late by less than two hours, and not for one that is later', () => {
  const late = (byHours: number) =>
    runs((night) => (night === 9 ? { at: FIRST_DAY + 10 * DAY + (2.3 + byHours) * HOUR } : {}));

  expect(alarmsIn(late(1.5))).toEqual([]);
  expect(hours(alarmsIn(late(4)))).toEqual([
    ['ALARM', Math.round(9 * 24 + 2.3 + 26)],
    ['OK', Math.round(10 * 24 + 2.3 + 4)],
  ]);
});

it('goes off once if a mirror stops working for good', () => {
  expect(alarmsIn(runs((night) => (night >= 5 ? 'missing' : {}))).map(({ state }) => state)).toEqual(['ALARM']);
});

it('goes off for a new stack whose schedule never starts anything', () => {
  expect(alarmsIn([]).map(({ state }) => state)).toEqual(['ALARM']);
});

it('goes off at the given time of the day if the night before had no success', () => {
  const byDay = createAlarm({ successBy: { hour: 6, timeZone: TimeZone.of('Europe/Berlin') } });

  expect(alarmsIn(runs(), byDay)).toEqual([]);
  expect(
    hours(
      alarmsIn(
        runs((night) => (night === 9 ? 'missing' : {})),
        byDay,
      ),
    ),
  ).toEqual([
    ['ALARM', 10 * 24 + 5],
    ['OK', 11 * 24 + 5],
  ]);
});

it('looks back only as far as it is told', () => {
  const short = createAlarm({ successWithin: Duration.hours(25) });

  expect(
    hours(
      alarmsIn(
        runs((night) => (night === 9 ? 'missing' : {})),
        short,
      ),
    )[0],
  ).toEqual(['ALARM', Math.round(9 * 24 + 2.3 + 25)]);
});
