/** A parsed schedule expression of EventBridge Scheduler. */
export type ParsedSchedule =
  | { readonly kind: 'rate'; readonly minutes: number }
  | { readonly kind: 'at'; readonly at: LocalTime }
  | { readonly kind: 'cron'; readonly cron: Cron };

/** A local time, in milliseconds since 1970 as if it were UTC. */
export type LocalTime = number;

export interface Cron {
  readonly minutes: readonly number[];
  readonly hours: readonly number[];
  readonly months: ReadonlySet<number>;
  readonly years: ReadonlySet<number>;
  /** Whether it starts on a day, given as that day's midnight. */
  readonly isOn: (day: LocalTime) => boolean;
}

const CRON = 'cron(minutes hours day-of-month month day-of-week year), such as cron(0 2 * * ? *)';
const SCHEDULE_FORMS = `${CRON}, rate(1 hour), rate(5 minutes) or at(2030-12-31T02:00:00)`;

/**
 * Parses an expression by the rules of EventBridge Scheduler, so that an invalid one fails at synthesis.
 *
 * @returns the expected form, as text, if it is malformed
 */
export function parseScheduleExpression(expression: string): ParsedSchedule | string {
  const [, kind, body = ''] = /^(cron|rate|at)\((.*)\)$/s.exec(expression) ?? [];
  if (kind === 'rate') return readRate(body);
  if (kind === 'at') return readAt(body);
  if (kind === 'cron') return readCron(body);
  return SCHEDULE_FORMS;
}

const UNIT_MINUTES: Readonly<Record<string, number>> = { minute: 1, hour: 60, day: 1440 };

function readRate(body: string): ParsedSchedule | string {
  const [, value = '', unit = '', plural] = /^([1-9]\d*) (minute|hour|day)(s?)$/.exec(body) ?? [];
  const count = Number(value);
  if (count === 0 || (count === 1) !== (plural === '')) {
    return 'rate(1 hour) or rate(5 minutes): a count of 1 or more, and minute, hour or day, with an "s" unless the count is 1';
  }
  return { kind: 'rate', minutes: count * (UNIT_MINUTES[unit] ?? 1) };
}

function readAt(body: string): ParsedSchedule | string {
  const at = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/.test(body) ? Date.parse(`${body}Z`) : Number.NaN;
  // Date.parse turns February 30th into March 2nd
  const isDate = !Number.isNaN(at) && new Date(at).toISOString().startsWith(body);
  return isDate ? { kind: 'at', at } : 'at(yyyy-mm-ddThh:mm:ss) with an existing date, such as at(2030-12-31T02:00:00)';
}

const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const WEEK_DAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];

function readCron(body: string): ParsedSchedule | string {
  const fields = body.split(' ').filter((field) => field !== '');
  if (fields.length !== 6) return `six fields in ${CRON}; here are ${fields.length}`;
  const [minute = '', hour = '', day = '', month = '', weekDay = '', year = ''] = fields;
  if ((day === '?') === (weekDay === '?')) {
    return `${CRON}, with "?" in either day-of-month or day-of-week, but not in both`;
  }
  const minutes = readList(minute, 0, 59);
  const hours = readList(hour, 0, 23);
  const months = readList(month, 1, 12, MONTHS);
  const years = readList(year, 1970, 2199);
  const isOn = day === '?' ? readWeekDays(weekDay) : readMonthDays(day);
  const parts = {
    minutes,
    hours,
    'day-of-month': day === '?' || isOn,
    month: months,
    'day-of-week': weekDay === '?' || isOn,
    year: years,
  };
  const wrong = Object.entries(parts).find(([, part]) => !part)?.[0];
  if (wrong !== undefined || !minutes || !hours || !months || !years || !isOn) return `${CRON}, with a valid ${wrong}`;
  return { kind: 'cron', cron: { minutes, hours, months: new Set(months), years: new Set(years), isOn } };
}

/** Parses `1,3-5,0/15,*`. @returns the numbers in order; undefined if it is malformed */
function readList(text: string, least: number, most: number, names: readonly string[] = []): number[] | undefined {
  const found = new Set<number>();
  for (const item of text.split(',')) {
    const [, range = '', step = '1'] = /^([^/]+)(?:\/([1-9]\d*))?$/.exec(item) ?? [];
    const [first, last = item.includes('/') ? most : first] =
      range === '*' ? [least, most] : range.split('-').map((end) => readNumber(end, least, names));
    const isRange = first !== undefined && last !== undefined && first >= least && last <= most && first <= last;
    if (!isRange || range.split('-').length > 2) return undefined;
    for (let value = first; value <= last; value += Number(step)) found.add(value);
  }
  return [...found].sort((a, b) => a - b);
}

function readNumber(text: string, least: number, names: readonly string[]): number {
  const index = names.indexOf(text.toUpperCase());
  return index >= 0 ? index + least : /^\d{1,4}$/.test(text) ? Number(text) : Number.NaN;
}

const DAY_MS = 86_400_000;

/** `*`, `1,15`, `L` (the last day), `15W` (the working day nearest to the 15th). */
function readMonthDays(text: string): Cron['isOn'] | undefined {
  if (text === 'L') return (day) => new Date(day + DAY_MS).getUTCDate() === 1;
  const [, nearest] = /^(\d{1,2})W$/.exec(text) ?? [];
  if (nearest !== undefined) {
    return Number(nearest) >= 1 && Number(nearest) <= 31
      ? (day) => isWorkingDayNextTo(Number(nearest), day)
      : undefined;
  }
  const days = readList(text, 1, 31);
  return days && ((day) => days.includes(new Date(day).getUTCDate()));
}

/** The nearest working day in the same month: for the 1st possibly the 3rd, for the last day possibly two days earlier. */
function isWorkingDayNextTo(wanted: number, day: LocalTime): boolean {
  const date = new Date(day);
  const lastDay = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
  if (wanted > lastDay) return false;
  const weekDay = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), wanted)).getUTCDay();
  const saturday = wanted === 1 ? 3 : wanted - 1;
  const sunday = wanted === lastDay ? wanted - 2 : wanted + 1;
  return date.getUTCDate() === (weekDay === 6 ? saturday : weekDay === 0 ? sunday : wanted);
}

/** `*`, `MON-FRI`, `6L` (the month's last Friday), `2#1` (its first Monday). */
function readWeekDays(text: string): Cron['isOn'] | undefined {
  const weekDayOf = (name: string) => {
    const value = readNumber(name, 1, WEEK_DAYS);
    return value >= 1 && value <= 7 ? value - 1 : undefined;
  };
  if (text === 'L') return (day) => new Date(day).getUTCDay() === 6;
  const [, last] = /^(\w+)L$/.exec(text) ?? [];
  const [, nth, week] = /^(\w+)#([1-5])$/.exec(text) ?? [];
  const special = last ?? nth;
  if (special !== undefined) {
    const weekDay = weekDayOf(special);
    if (weekDay === undefined) return undefined;
    return (day) => {
      const date = new Date(day);
      const isInWeek =
        week === undefined
          ? new Date(day + 7 * DAY_MS).getUTCMonth() !== date.getUTCMonth()
          : Math.ceil(date.getUTCDate() / 7) === Number(week);
      return date.getUTCDay() === weekDay && isInWeek;
    };
  }
  const days = readList(text, 1, 7, WEEK_DAYS);
  return days && ((day) => days.includes(new Date(day).getUTCDay() + 1));
}
