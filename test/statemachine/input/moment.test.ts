import { parseMoment, resolveMoment } from '../../../statemachine/input/moment';
import { parseSyncInput } from '../../../statemachine/input/parse-sync-input';

const buckets = { source: 'a-source', destination: 'a-destination' };
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

it.each([
  ['7d', 7 * DAY],
  ['7 days', 7 * DAY],
  ['7D', 7 * DAY],
  ['12h', 12 * HOUR],
  ['90s', 90_000],
  ['30m', 30 * 60_000],
  ['30 min', 30 * 60_000],
  ['2w', 14 * DAY],
  ['1mo', 30 * DAY],
  ['6 months', 180 * DAY],
  ['1y', 365 * DAY],
  ['1d12h', 36 * HOUR],
  ['1d 2h', 26 * HOUR],
  ['1.5h', 1.5 * HOUR],
  ['P7D', 7 * DAY],
  ['PT12H', 12 * HOUR],
  ['P1DT2H', 26 * HOUR],
])('reads %j as a time before the run', (text, agoMs) => {
  expect(parseMoment(text)).toEqual({ agoMs });
  expect(resolveMoment(text, Date.parse('2026-06-01T00:00:00Z'))).toBe(Date.parse('2026-06-01T00:00:00Z') - agoMs);
});

it.each([
  ['2026-01-31', '2026-01-31T00:00:00.000Z'],
  ['2026-01-31T10:00Z', '2026-01-31T10:00:00.000Z'],
  ['2026-01-31T10:00:00', '2026-01-31T10:00:00.000Z'],
  ['2026-01-31T10:00:00+02:00', '2026-01-31T08:00:00.000Z'],
  ['2026-01-31T10:00:00.5Z', '2026-01-31T10:00:00.500Z'],
  ['2024-02-29', '2024-02-29T00:00:00.000Z'],
])('reads %j as the moment %s, whatever the time zone of the machine', (text, expected) => {
  expect(new Date(resolveMoment(text, 0)).toISOString()).toBe(expected);
});

it.each([
  '',
  '7',
  '1M',
  '-7d',
  '0d',
  '7dd',
  '1h30',
  'P',
  'PT',
  '2026-02-30',
  '2025-02-29',
  '2026-01-31 10:00',
  '1/2/2026',
  'soon',
  '999999y',
])('rejects %j, and says what it accepts', (text) => {
  expect(parseMoment(text)).toBeUndefined();
  expect(() => parseSyncInput({ ...buckets, olderThan: text })).toThrow(
    /^Expected `olderThan` to be a duration like "7d", "12h" or "1w", or a date like "2026-01-31"/,
  );
});

it.each([
  [{ minSize: '2MiB', maxSize: '2MB' }, '`maxSize` to be at least `minSize`, 2097152, got 2000000 (number)'],
  [
    { newerThan: '7d', olderThan: '30d' },
    '`olderThan` to be later than `newerThan`, "7d" (string), got "30d" (string)',
  ],
  [{ newerThan: '1w', olderThan: 'P7D' }, '`olderThan` to be later than `newerThan`'],
  [{ newerThan: '2026-02-01', olderThan: '2026-01-01' }, '`olderThan` to be later than `newerThan`'],
])('rejects %j because nothing lies between the two', (limits, message) => {
  expect(() => parseSyncInput({ ...buckets, ...limits })).toThrow(message);
});

it.each(['7d', '12h', '1w', 'P7D', 'PT12H', '1d12h', '90 days'])('accepts `deleteAfter` as %s', (deleteAfter) => {
  expect(parseSyncInput({ ...buckets, deleteAfter })).toMatchObject({ deleteAfter });
});

it.each(['', '7', '0d', '-1d', '2026-01-31', '7M', 'for ever', 7, null])(
  'rejects `deleteAfter` as %p',
  (deleteAfter) => {
    expect(() => parseSyncInput({ ...buckets, deleteAfter })).toThrow(/^Expected `deleteAfter` to be a/);
  },
);

it('accepts limits if something lies between them', () => {
  const limits = { minSize: '1KiB', maxSize: '1KiB', newerThan: '30d', olderThan: '7d' };

  expect(parseSyncInput({ ...buckets, ...limits })).toMatchObject({ ...limits, minSize: 1024, maxSize: 1024 });
});
