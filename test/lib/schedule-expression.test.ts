import { parseScheduleExpression } from '../../lib/schedule-expression';
import { findSharedStart, type Starts } from '../../lib/schedule-starts';

it.each([
  'cron(0 2 * * ? *)',
  'cron(0/15 8-18 ? * MON-FRI *)',
  'cron(0,30 */2 1,15 JAN,jul ? 2030-2040)',
  'cron(0 0 L * ? *)',
  'cron(0 0 15W * ? *)',
  'cron(0 0 ? * 6L *)',
  'cron(0 0 ? * TUE#2 *)',
  'cron(0 0 ? * L *)',
  'rate(1 minute)',
  'rate(1 hour)',
  'rate(12 hours)',
  'rate(365 days)',
  'at(2028-02-29T23:59:59)',
])('takes %s', (expression) => {
  expect(parseScheduleExpression(expression)).toMatchObject({ kind: expression.split('(')[0] });
});

it.each([
  [
    'cron(0 2 * * *)',
    'six fields in cron(minutes hours day-of-month month day-of-week year), such as cron(0 2 * * ? *); here are 5',
  ],
  ['cron(0 2 * * ? * *)', 'here are 7'],
  ['cron(0 2 * * * *)', 'with "?" in either day-of-month or day-of-week'],
  ['cron(0 2 ? * ? *)', 'with "?" in either day-of-month or day-of-week'],
  ['cron(60 2 * * ? *)', 'with a valid minutes'],
  ['cron(* 24 * * ? *)', 'with a valid hours'],
  ['cron(0 2 32 * ? *)', 'with a valid day-of-month'],
  ['cron(0 2 0 * ? *)', 'with a valid day-of-month'],
  ['cron(0 2 * 13 ? *)', 'with a valid month'],
  ['cron(0 2 * FOO ? *)', 'with a valid month'],
  ['cron(0 2 ? * 8 *)', 'with a valid day-of-week'],
  ['cron(0 2 ? * 2#6 *)', 'with a valid day-of-week'],
  ['cron(0 2 * * ? 1969)', 'with a valid year'],
  ['cron(0 5-2 * * ? *)', 'with a valid hours'],
  ['cron(0/0 2 * * ? *)', 'with a valid minutes'],
  ['cron(, 2 * * ? *)', 'with a valid minutes'],
  ['cron(1--2 2 * * ? *)', 'with a valid minutes'],
  ['rate(1 hours)', 'a count of 1 or more'],
  ['rate(2 hour)', 'a count of 1 or more'],
  ['rate(0 minutes)', 'a count of 1 or more'],
  ['rate(-1 minutes)', 'a count of 1 or more'],
  ['rate(1.5 hours)', 'a count of 1 or more'],
  ['rate(1 week)', 'a count of 1 or more'],
  ['rate(5minutes)', 'a count of 1 or more'],
  ['at(2030-02-30T00:00:00)', 'with an existing date'],
  ['at(2030-01-01)', 'with an existing date'],
  ['at(2030-01-01T25:00:00)', 'with an existing date'],
  ['at(2030-01-01T00:00:00Z)', 'with an existing date'],
  ['Cron(0 2 * * ? *)', 'rate(1 hour), rate(5 minutes) or at('],
  ['0 2 * * *', 'rate(1 hour), rate(5 minutes) or at('],
  ['', 'rate(1 hour), rate(5 minutes) or at('],
])('rejects %s', (expression, message) => {
  expect(parseScheduleExpression(expression)).toContain(message);
});

function starts(expression: string, timezone = 'UTC', windowMinutes = 0): Starts {
  const schedule = parseScheduleExpression(expression);
  if (typeof schedule === 'string') throw new Error(schedule);
  return { schedule, timezone, windowMinutes };
}

it.each<[one: Starts, other: Starts, time: string | undefined]>([
  [starts('cron(0 2 * * ? *)'), starts('cron(0 2 * * ? *)'), '2026-01-01T02:00Z'],
  [starts('cron(0 2 * * ? *)'), starts('cron(30 2 * * ? *)'), undefined],
  [starts('cron(0 * * * ? *)'), starts('cron(0 3 ? * SUN *)'), '2026-01-04T03:00Z'],
  [starts('cron(0/2 * * * ? *)'), starts('cron(1/2 * * * ? *)'), undefined],
  [starts('cron(0 2 ? * MON *)'), starts('cron(0 2 ? * TUE *)'), undefined],
  [starts('cron(0 2 31 * ? *)'), starts('cron(0 2 L 2 ? *)'), undefined],
  [starts('cron(0 2 29 2 ? *)'), starts('cron(0 2 ? 2 TUE *)'), '2028-02-29T02:00Z'],
  [starts('cron(0 2 * * ? 2040)'), starts('cron(0 2 * * ? *)'), '2040-01-01T02:00Z'],
  [starts('cron(0 2 * * ? 2040)'), starts('cron(0 2 * * ? 2041)'), undefined],
  // zones
  [starts('cron(0 2 * * ? *)', 'Europe/Berlin'), starts('cron(0 1 * * ? *)'), '2026-01-01T01:00Z'],
  [starts('cron(0 2 * 7 ? *)', 'Europe/Berlin'), starts('cron(0 1 * 7 ? *)'), undefined],
  [starts('cron(0 2 * * ? *)', 'Europe/Berlin'), starts('cron(0 0 * * ? *)'), '2026-03-30T00:00Z'],
  [starts('cron(0 23 * * ? *)', 'America/New_York'), starts('cron(0 13 * * ? *)', 'Asia/Tokyo'), '2026-01-01T04:00Z'],
  // windows
  [starts('cron(30 3 * * ? *)', 'UTC', 30), starts('cron(0 * * * ? *)'), '2026-01-01T04:00Z'],
  [starts('cron(30 3 * * ? *)', 'UTC', 29), starts('cron(0 * * * ? *)'), undefined],
  [starts('cron(0 23 * * ? *)', 'UTC', 120), starts('cron(30 0 * * ? *)'), '2026-01-01T00:30Z'],
  [starts('cron(0 1 * * ? *)', 'UTC', 10), starts('cron(50 0 * * ? *)', 'UTC', 15), '2026-01-01T01:00Z'],
  // others
  [starts('at(2030-05-05T02:00:00)'), starts('cron(0 2 * * ? *)'), '2030-05-05T02:00Z'],
  [starts('cron(0 2 * * ? *)'), starts('at(2030-05-05T02:00:00)'), '2030-05-05T02:00Z'],
  [starts('at(2030-05-05T02:00:00)'), starts('at(2030-05-05T03:00:00)', 'Europe/Berlin'), undefined],
  [starts('at(2030-05-05T01:00:00)'), starts('at(2030-05-05T03:00:00)', 'Europe/Berlin'), '2030-05-05T01:00Z'],
  [starts('rate(1 hour)'), starts('cron(0 2 * * ? *)'), 'any time'],
  [starts('cron(0 2 * * ? *)'), starts('rate(7 days)'), 'any time'],
])('finds when two schedules may start together: %#', (one, other, time) => {
  const found = [findSharedStart(one, other), findSharedStart(other, one)];

  expect(found.map((shared) => shared !== undefined)).toEqual([time !== undefined, time !== undefined]);
  if (time !== undefined) expect(found).toContain(time);
});
