import type { LocalTime, ParsedSchedule } from './schedule-expression';

/** The start times of a schedule. */
export interface Starts {
  readonly schedule: ParsedSchedule;
  /** IANA name. */
  readonly timezone: string;
  /** It starts at its time or up to this many minutes later. */
  readonly windowMinutes: number;
}

const MINUTE_MS = 60_000;
const DAY_MS = 1440 * MINUTE_MS;
/** Until 2099 the calendar repeats after 28 years. */
const YEARS = 28;
/** How many days with starts of both are checked: more than a year, so that both clock changes are included. */
const DAYS_COMPARED = 400;

/**
 * Finds a time when both may start in the same minute.
 *
 * | one | the other | may start together |
 * | --- | --- | --- |
 * | `rate(…)` | any | always: EventBridge Scheduler counts from a time that is unknown at synthesis |
 * | `cron(…)`, `at(…)` | `cron(…)`, `at(…)` | if their windows overlap; a window begins at the start time |
 *
 * @returns a time in UTC, or "any time"; undefined if there is none
 */
export function findSharedStart(a: Starts, b: Starts): string | undefined {
  if (a.schedule.kind === 'rate' || b.schedule.kind === 'rate') return 'any time';
  if (b.schedule.kind === 'at' && a.schedule.kind !== 'at') return findSharedStart(b, a);
  let compared = 0;
  for (const day of daysOf(a, b)) {
    const mine = startsOn(a, day);
    if (mine.length === 0) continue;
    // a window is at most a day, and clocks differ by up to 26 hours
    const theirs = [-3, -2, -1, 0, 1, 2, 3].flatMap((offset) => startsOn(b, day + offset * DAY_MS)).sort(ascending);
    if (theirs.length === 0) continue;
    const shared = firstShared(mine, theirs, a, b);
    if (shared !== undefined) return new Date(shared).toISOString().replace(':00.000', '');
    compared += 1;
    if (compared > DAYS_COMPARED) return undefined;
  }
  return undefined;
}

/** How many days are looked at for pauses: a year, so that both clock changes are included. */
const DAYS_OF_PAUSES = 366;

/** The longest time between two starts of a mirror that has these schedules, in minutes. Infinite if they start once only. */
export function longestPause(schedules: readonly Starts[]): number {
  return Math.min(...ratesOf(schedules), Math.max(...pausesOf(schedules)));
}

/** The shortest time between two starts, in minutes. Infinite if they start once only. */
export function shortestPause(schedules: readonly Starts[]): number {
  return Math.min(...ratesOf(schedules), ...pausesOf(schedules));
}

function ratesOf(schedules: readonly Starts[]): number[] {
  return schedules.flatMap(({ schedule }) => (schedule.kind === 'rate' ? [schedule.minutes] : []));
}

/** Between the starts of all crons, by the clock. */
function pausesOf(schedules: readonly Starts[]): number[] {
  const crons = schedules.filter(({ schedule }) => schedule.kind === 'cron');
  const first = Date.UTC(FIRST_YEAR, 0, 1);
  const days = Array.from({ length: DAYS_OF_PAUSES }, (_, index) => first + index * DAY_MS);
  const starts = crons.flatMap((cron) => days.flatMap((day) => startsOn(cron, day))).sort(ascending);
  const pauses = starts.slice(1).map((start, index) => (start - Number(starts[index])) / MINUTE_MS);
  return pauses.length === 0 ? [Number.POSITIVE_INFINITY] : pauses;
}

/** How far a zone's clock is ahead of UTC in winter. */
export function utcOffsetMinutes(timezone: string): number {
  const [january, july] = [Date.UTC(FIRST_YEAR, 0, 1), Date.UTC(FIRST_YEAR, 6, 1)];
  return Math.min(offsetAt(january, timezone), offsetAt(july, timezone)) / MINUTE_MS;
}

/** Whether two sorted lists of windows overlap. */
function firstShared(mine: readonly number[], theirs: readonly number[], a: Starts, b: Starts): number | undefined {
  let index = 0;
  for (const start of mine) {
    while (index < theirs.length && Number(theirs[index]) + b.windowMinutes * MINUTE_MS < start) index += 1;
    const other = theirs[index];
    if (other !== undefined && other <= start + a.windowMinutes * MINUTE_MS) return Math.max(start, other);
  }
  return undefined;
}

function ascending(one: number, other: number): number {
  return one - other;
}

/** Midnights of the days on which the first one may start, in years in which the other one may start, too. */
function* daysOf({ schedule }: Starts, { schedule: other }: Starts): Generator<LocalTime> {
  if (schedule.kind === 'at') yield Math.floor(schedule.at / DAY_MS) * DAY_MS;
  if (schedule.kind !== 'cron') return;
  const near = (year: number) => other.kind !== 'cron' || [-1, 0, 1].some((step) => other.cron.years.has(year + step));
  const years = [...schedule.cron.years].filter((year) => year >= FIRST_YEAR && near(year)).slice(0, YEARS);
  for (const year of years) {
    for (let day = Date.UTC(year, 0, 1); day < Date.UTC(year + 1, 0, 1); day += DAY_MS) yield day;
  }
}

/** A fixed day, so that the same app always gets the same result. Schedules that end before it start no more. */
const FIRST_YEAR = 2026;

/** The start times of a local day, sorted, in UTC. */
function startsOn({ schedule, timezone }: Starts, day: LocalTime): number[] {
  if (schedule.kind === 'at') {
    return schedule.at >= day && schedule.at < day + DAY_MS ? [toUtc(schedule.at, timezone)] : [];
  }
  if (schedule.kind !== 'cron') return [];
  const { minutes, hours, months, years, isOn } = schedule.cron;
  const date = new Date(day);
  if (!months.has(date.getUTCMonth() + 1) || !years.has(date.getUTCFullYear()) || !isOn(day)) return [];
  const times = hours.flatMap((hour) => minutes.map((minute) => day + (hour * 60 + minute) * MINUTE_MS));
  return toUtcAll(times, timezone).sort(ascending);
}

/** Computes the offset only twice a day, unless the clocks change on that day. */
function toUtcAll(times: readonly LocalTime[], timezone: string): number[] {
  const [first = 0, last = 0] = [times[0], times.at(-1)];
  const [from, to] = [toUtc(first, timezone), toUtc(last, timezone)];
  if (last - first === to - from) return times.map((time) => time - first + from);
  return times.map((time) => toUtc(time, timezone));
}

function toUtc(local: LocalTime, timezone: string): number {
  return local - offsetAt(local - offsetAt(local, timezone), timezone);
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** Milliseconds that a zone's clock is ahead of UTC. */
function offsetAt(utc: number, timeZone: string): number {
  if (timeZone === 'UTC') return 0;
  const format =
    formats.get(timeZone) ??
    new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'longOffset', year: 'numeric' });
  formats.set(timeZone, format);
  const name = format.formatToParts(utc).find(({ type }) => type === 'timeZoneName')?.value ?? '';
  const [, sign, hours = 0, minutes = 0] = /GMT([+-])(\d\d):(\d\d)/.exec(name) ?? [];
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * MINUTE_MS;
}
