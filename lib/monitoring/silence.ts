import { Duration, type TimeZone } from 'aws-cdk-lib';
import { InvalidInputError } from '../../statemachine/errors';
import { longestPause, type Starts, utcOffsetMinutes } from '../schedule-starts';
import type { SuccessBy, SyncMonitoring } from './sync-monitoring';

/** When the alarm on silence goes off: if each of `periods` periods is without a success. */
export interface Silence {
  readonly periodSeconds: number;
  readonly periods: number;
  /** Of the clock with which the periods begin and end. Absent: they slide. */
  readonly clock?: string;
  readonly text: string;
}

const MINUTE_SECONDS = 60;
const HOUR_SECONDS = 3600;
const DAY_SECONDS = 86_400;
/** As far as an alarm looks back. */
const MOST_SECONDS = 7 * DAY_SECONDS;
/** As far as an alarm looks back whose periods are shorter than an hour. */
const MOST_OF_SHORT_PERIODS = DAY_SECONDS;
const SHORT_PERIOD = 5 * MINUTE_SECONDS;
/** Beyond the time between two starts: for the run itself, and for a start that was late. */
const GRACE = Duration.hours(2);

export const NO_STARTS =
  'Expected `successWithin` or `successBy`, because a mirror has no schedule that is on, brings all of it up to date and is known at synthesis, got neither';

/**
 * @param starts  of the mirror's schedules that bring all of it up to date; undefined entries are filled in by CloudFormation
 * @returns undefined if the schedules leave more time between runs than CloudWatch looks back
 * @throws InvalidInputError
 */
export function silenceOf(
  { successWithin, successBy }: Pick<SyncMonitoring, 'successWithin' | 'successBy'>,
  starts: readonly (Starts | undefined)[],
): Silence | undefined {
  if (successWithin && successBy) throw new InvalidInputError('Expected `successWithin` or `successBy`, got both');
  if (successBy) return byTime(successBy);
  if (successWithin) return within(successWithin.toSeconds());
  const known = starts.filter((start) => start !== undefined);
  if (known.length === 0) throw new InvalidInputError(NO_STARTS);
  const pause = longestPause(known) * MINUTE_SECONDS;
  if (pause === MOST_SECONDS) return weekly();
  // the first start may be on time, and the next one as late as its window allows
  const window = Math.max(...known.map(({ windowMinutes }) => windowMinutes)) * MINUTE_SECONDS;
  const seconds = pause + window + GRACE.toSeconds();
  return seconds > MOST_SECONDS ? undefined : within(seconds);
}

function within(seconds: number): Silence {
  const isShort = seconds < HOUR_SECONDS || (seconds % HOUR_SECONDS !== 0 && seconds <= MOST_OF_SHORT_PERIODS);
  const periodSeconds = isShort ? SHORT_PERIOD : HOUR_SECONDS;
  const periods = Math.ceil(seconds / periodSeconds);
  const most = isShort ? MOST_OF_SHORT_PERIODS : MOST_SECONDS;
  if (periods < 1 || periods * periodSeconds > most) {
    throw new InvalidInputError(
      `Expected \`successWithin\` to be from 5 minutes to 7 days, as far as an alarm of CloudWatch looks back, got ${Duration.seconds(seconds).toHumanString()}`,
    );
  }
  return { periodSeconds, periods, text: `within ${Duration.seconds(periods * periodSeconds).toHumanString()}` };
}

function weekly(): Silence {
  return { periodSeconds: MOST_SECONDS, periods: 1, clock: 'UTC', text: 'in a week, from Monday to Sunday' };
}

/**
 * A day of CloudWatch begins at midnight of some clock. So the clock is one on which it is midnight at that time.
 *
 * @throws InvalidInputError
 */
function byTime({ hour, minute = 0, timeZone }: SuccessBy): Silence {
  const isTime = Number.isInteger(hour) && hour >= 0 && hour < 24 && minute >= 0 && minute < 60 && minute % 5 === 0;
  if (!isTime) {
    throw new InvalidInputError(
      `Expected \`successBy\` to be a time of the day, in steps of five minutes, got ${hour}:${String(minute).padStart(2, '0')}`,
    );
  }
  const zone = timeZone?.timezoneName ?? 'UTC';
  const time = `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`;
  const text = `in the 24 hours before ${time} (${zone})`;
  return { periodSeconds: DAY_SECONDS, periods: 1, clock: clockOf(hour * 60 + minute, zone), text };
}

function clockOf(minutes: number, zone: TimeZone['timezoneName']): string {
  if (minutes === 0) return zone;
  const inUtc = (minutes - utcOffsetMinutes(zone) + 2 * 1440) % 1440;
  // from -12:00 to +12:00
  const offset = inUtc <= 720 ? -inUtc : 1440 - inUtc;
  const [hours, rest] = [Math.floor(Math.abs(offset) / 60), Math.abs(offset) % 60];
  return `${offset < 0 ? '-' : '+'}${String(hours).padStart(2, '0')}:${String(rest).padStart(2, '0')}`;
}
