import { Duration, TimeZone } from 'aws-cdk-lib';
import { silenceOf } from '../../../lib/monitoring/silence';
import { parseScheduleExpression } from '../../../lib/schedule-expression';
import type { Starts } from '../../../lib/schedule-starts';

function startsOf(expression: string, timezone = 'UTC'): Starts {
  const schedule = parseScheduleExpression(expression);
  if (typeof schedule === 'string') throw new Error(schedule);
  return { schedule, timezone, windowMinutes: 0 };
}

const HOUR = 3600;

it.each<[expressions: string[], hours: number]>([
  [['rate(1 day)'], 26],
  [['rate(1 hour)'], 3],
  [['cron(0 2 * * ? *)'], 26],
  [['cron(0 2 ? * MON-FRI *)'], 74],
  [['cron(0 2 ? * MON-FRI *)', 'cron(0 12 ? * SAT,SUN *)'], 36],
  [['cron(0 0/6 * * ? *)'], 8],
  [['cron(0 2 ? * MON *)', 'rate(12 hours)'], 14],
])('gives the longest pause of %j two hours more', (expressions, hours) => {
  const silence = silenceOf(
    {},
    expressions.map((expression) => startsOf(expression)),
  );

  expect(silence).toMatchObject({ periodSeconds: HOUR, periods: hours });
  expect(silence).not.toHaveProperty('clock');
});

it('allows for the hour by which clocks change in autumn', () => {
  expect(silenceOf({}, [startsOf('cron(0 2 * * ? *)', 'Europe/Berlin')])).toMatchObject({ periods: 27 });
});

it('looks at a week of the calendar if a mirror starts once a week, because no alarm looks back further', () => {
  expect(silenceOf({}, [startsOf('cron(0 2 ? * MON *)')])).toMatchObject({
    periodSeconds: 7 * 24 * HOUR,
    periods: 1,
    clock: 'UTC',
  });
});

it.each(['cron(0 2 1 * ? *)', 'at(2030-01-01T00:00:00)', 'rate(30 days)'])('has no alarm for %s', (expression) => {
  expect(silenceOf({}, [startsOf(expression)])).toBeUndefined();
});

it.each<[given: Duration, periodSeconds: number, periods: number]>([
  [Duration.minutes(30), 300, 6],
  [Duration.minutes(90), 300, 18],
  [Duration.hours(26), HOUR, 26],
  [Duration.minutes(26 * 60 + 1), HOUR, 27],
  [Duration.days(7), HOUR, 168],
])('looks back as long as %s', (successWithin, periodSeconds, periods) => {
  expect(silenceOf({ successWithin }, [])).toMatchObject({ periodSeconds, periods });
});

it.each([Duration.days(8), Duration.seconds(0)])('rejects %s: an alarm does not look back so far', (successWithin) => {
  expect(() => silenceOf({ successWithin }, [])).toThrow('Expected `successWithin` to be from 5 minutes to 7 days');
});

it.each<[hour: number, minute: number, zone: string, clock: string]>([
  [6, 0, 'UTC', '-06:00'],
  [6, 0, 'Europe/Berlin', '-05:00'],
  [0, 0, 'Europe/Berlin', 'Europe/Berlin'],
  [18, 30, 'UTC', '+05:30'],
  [6, 0, 'America/New_York', '-11:00'],
  [23, 55, 'Asia/Kolkata', '+05:35'],
])('begins its days at %i:%i in %s by the clock %s', (hour, minute, zone, clock) => {
  const silence = silenceOf({ successBy: { hour, minute, timeZone: TimeZone.of(zone) } }, []);

  expect(silence).toMatchObject({ periodSeconds: 24 * HOUR, periods: 1, clock });
});

it.each([{ hour: 24 }, { hour: 6, minute: 7 }, { hour: 1.5 }])('rejects %j, which is no time of a day', (successBy) => {
  expect(() => silenceOf({ successBy }, [])).toThrow(
    'Expected `successBy` to be a time of the day, in steps of five minutes',
  );
});

it('requires one of the two where no schedule tells how often a mirror starts', () => {
  expect(() => silenceOf({}, [])).toThrow('Expected `successWithin` or `successBy`');
  expect(() => silenceOf({}, [undefined])).toThrow('Expected `successWithin` or `successBy`');
  expect(() => silenceOf({ successWithin: Duration.hours(1), successBy: { hour: 1 } }, [])).toThrow('got both');
});
