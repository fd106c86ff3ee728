/** A value of a metric. Times are milliseconds since 1970. */
export interface Datapoint {
  readonly at: number;
  readonly value: number;
}

/** What CloudFormation makes of an alarm, as far as it is simulated. */
export interface AlarmProperties {
  readonly Period: number;
  readonly EvaluationPeriods: number;
  readonly DatapointsToAlarm?: number;
  readonly Threshold: number;
  readonly ComparisonOperator: string;
  readonly TreatMissingData: string;
  readonly Statistic: string;
  readonly EvaluationWindow?: { readonly WallClockWindow?: { readonly Timezone?: string } };
  readonly WarmUpConfiguration?: { readonly WarmUpPeriodDurationInMinutes: number };
}

export interface StateChange {
  readonly at: number;
  readonly state: 'OK' | 'ALARM';
}

const MINUTE_MS = 60_000;

/**
 * The states of an alarm from its creation to `until`, evaluated each minute by the rules that CloudWatch documents:
 *
 * - it looks at the last `EvaluationPeriods` periods, and is in ALARM if `DatapointsToAlarm` of them breach,
 * - a period without data breaches if `TreatMissingData` is `breaching`,
 * - periods slide, or begin and end with the clock of a wall clock window; then only ended ones count,
 * - during the warm-up it is in INSUFFICIENT_DATA and does nothing.
 *
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/AlarmThatSendsEmail.html#alarms-and-missing-data
 */
export function simulateAlarm(
  alarm: AlarmProperties,
  data: readonly Datapoint[],
  { createdAt, until }: { readonly createdAt: number; readonly until: number },
): StateChange[] {
  const warmUpMs = (alarm.WarmUpConfiguration?.WarmUpPeriodDurationInMinutes ?? 0) * MINUTE_MS;
  const changes: StateChange[] = [];
  for (let now = createdAt + warmUpMs; now <= until; now += MINUTE_MS) {
    const state = isBreached(alarm, data, now) ? 'ALARM' : 'OK';
    if (changes.at(-1)?.state !== state) changes.push({ at: now, state });
  }
  return changes;
}

function isBreached(alarm: AlarmProperties, data: readonly Datapoint[], now: number): boolean {
  const periodMs = alarm.Period * 1000;
  const end = lastEnd(alarm, now);
  let breaching = 0;
  for (let period = 0; period < alarm.EvaluationPeriods; period++) {
    const to = end - period * periodMs;
    const values = data.filter(({ at }) => at >= to - periodMs && at < to).map(({ value }) => value);
    const breaches =
      values.length === 0 ? alarm.TreatMissingData === 'breaching' : compare(alarm, aggregate(alarm, values));
    if (breaches) breaching += 1;
  }
  return breaching >= (alarm.DatapointsToAlarm ?? alarm.EvaluationPeriods);
}

/** The end of the newest period. */
function lastEnd({ Period, EvaluationWindow }: AlarmProperties, now: number): number {
  const clock = EvaluationWindow?.WallClockWindow;
  if (!clock) return now;
  const ahead = minutesAhead(clock.Timezone ?? 'UTC', now) * MINUTE_MS;
  // 1970 began on a Thursday, and weeks begin on a Monday
  const shift = Period === 604_800 ? 4 * 86_400_000 : 0;
  const periodMs = Period * 1000;
  return Math.floor((now + ahead - shift) / periodMs) * periodMs + shift - ahead;
}

/** By zone and quarter of an hour, since a month has many minutes and a zone few changes. */
const known = new Map<string, number>();

function minutesAhead(timeZone: string, at: number): number {
  const quarter = Math.floor(at / (15 * MINUTE_MS));
  const name = `${timeZone} ${quarter}`;
  const found = known.get(name) ?? readMinutesAhead(timeZone, at);
  known.set(name, found);
  return found;
}

const formats = new Map<string, Intl.DateTimeFormat>();

function readMinutesAhead(timeZone: string, at: number): number {
  const format = formats.get(timeZone) ?? new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'longOffset' });
  formats.set(timeZone, format);
  const name = format.formatToParts(at).find(({ type }) => type === 'timeZoneName')?.value ?? '';
  const [, sign, hours = 0, minutes = 0] = /GMT([+-])(\d\d):(\d\d)/.exec(name) ?? [];
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes));
}

function aggregate({ Statistic }: AlarmProperties, values: readonly number[]): number {
  if (Statistic === 'Maximum') return Math.max(...values);
  if (Statistic === 'Sum') return values.reduce((sum, value) => sum + value, 0);
  throw new Error(`Expected the statistic Sum or Maximum, got ${Statistic}`);
}

function compare({ ComparisonOperator, Threshold }: AlarmProperties, value: number): boolean {
  if (ComparisonOperator === 'LessThanThreshold') return value < Threshold;
  if (ComparisonOperator === 'GreaterThanThreshold') return value > Threshold;
  throw new Error(`Expected LessThanThreshold or GreaterThanThreshold, got ${ComparisonOperator}`);
}
