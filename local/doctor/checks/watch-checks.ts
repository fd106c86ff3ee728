import { formatCount, formatDuration } from '../../../wording/numbers';
import { failure, judge, ok, unchecked, type Verdict, warning } from '../finding';
import type { AlarmFacts, MirrorFacts, QueueFacts, ScheduleFacts, StackFacts, TopicFacts } from '../stack-facts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** For the run itself. */
const GRACE_MS = 2 * HOUR_MS;
/** Few schedules leave more time between two starts than a week. */
const LONGEST_PAUSE_MS = 8 * DAY_MS;
const UNITS_MS: Readonly<Record<string, number>> = { minute: 60_000, hour: HOUR_MS, day: DAY_MS };

export function checkSchedule({ schedule }: ScheduleFacts, { awsOptions }: StackFacts): Verdict {
  return judge(schedule, ({ isOn, expression, update }) => {
    if (isOn) return ok(`is on: ${expression}`);
    const settings = JSON.stringify({ ...update, State: 'ENABLED' });
    return warning('is off, so it starts no run', [
      ...['aws', 'scheduler', 'update-schedule', '--cli-input-json', settings],
      ...awsOptions,
    ]);
  });
}

export function checkQueue({ url, messages }: QueueFacts, { awsOptions }: StackFacts): Verdict {
  const sqs = (...words: string[]) => ['aws', 'sqs', ...words, '--queue-url', url, ...awsOptions];
  return judge(messages, (count) => {
    if (count === 0) return ok('the queue of dead letters is empty');
    const what = count === 1 ? 'a start or a message was' : `${formatCount(count)} starts or messages were`;
    return failure(`${what} lost: read them, then empty the queue`, sqs('receive-message'), sqs('purge-queue'));
  });
}

export function checkAlarm({ name, state, reason, notifies }: AlarmFacts, facts: StackFacts): Verdict {
  const { awsOptions, ownOptions } = facts;
  if (state === 'ALARM') return failure(`the alarm is on: ${reason}`, ['bucketsync', 'runs', ...ownOptions]);
  if (!notifies) {
    return warning('notifies nobody, because its actions are disabled', [
      ...['aws', 'cloudwatch', 'enable-alarm-actions', '--alarm-names', name],
      ...awsOptions,
    ]);
  }
  return state === 'OK' ? ok('the alarm is off') : unchecked('the alarm has no data yet');
}

export function checkTopic({ arn, subscriptions }: TopicFacts, { awsOptions }: StackFacts): Verdict {
  const subscribe = (protocol: string, endpoint: string) => [
    ...['aws', 'sns', 'subscribe', '--topic-arn', arn, '--protocol', protocol, '--notification-endpoint', endpoint],
    ...awsOptions,
  ];
  return judge(subscriptions, (all) => {
    if (all.length === 0) return warning('nobody has subscribed to the topic', subscribe('email', 'you@example.com'));
    const pending = all.filter(({ isConfirmed }) => !isConfirmed);
    const [first] = pending;
    if (!first) return ok(`${formatCount(all.length)} confirmed`.replace(/^1 /, 'the subscription is '));
    // to subscribe again sends the message with the link again
    return warning(
      `${first.endpoint} has not confirmed the subscription, so it gets no message: open the link in the mail, or send it again`,
      ...pending.map(({ protocol, endpoint }) => subscribe(protocol, endpoint)),
    );
  });
}

/** How long ago all of the mirror was up to date, against the alarm on silence, or otherwise the schedules. */
export function checkLastSuccess({ name, lastSuccess }: MirrorFacts, facts: StackFacts): Verdict {
  const { now, ownOptions } = facts;
  return judge(lastSuccess, (at) => {
    if (at === undefined) {
      return warning('no run has brought all of it up to date yet', ['bucketsync', 'start', '--watch', ...ownOptions]);
    }
    const ageMs = Math.max(0, now - at);
    const age = `the last success was ${ageMs < HOUR_MS ? 'within the last hour' : `${formatAge(ageMs)} ago`}`;
    const withinMs = longestSilence(name, facts);
    if (withinMs === undefined || ageMs <= withinMs) return ok(age);
    return failure(`${age}, and should be at most ${formatAge(withinMs)} ago`, ['bucketsync', 'runs', ...ownOptions]);
  });
}

function formatAge(ms: number): string {
  return formatDuration(Math.floor(ms / 60_000) * 60_000);
}

/** @returns undefined if nothing starts the mirror regularly */
function longestSilence(mirror: string, { alarms, schedules }: StackFacts): number | undefined {
  const silences = 'value' in alarms ? alarms.value.flatMap(({ silence }) => silence ?? []) : [];
  const own = silences.find((silence) => silence.mirror === mirror);
  if (own) return own.withinMs;
  const settings = 'value' in schedules ? schedules.value.map(({ schedule }) => schedule) : [];
  const pauses = settings.flatMap((each) => ('value' in each && each.value.isOn ? pauseOf(each.value.expression) : []));
  return pauses.length === 0 ? undefined : Math.max(...pauses) + GRACE_MS;
}

function pauseOf(expression: string): number {
  const [, count, unit = ''] = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(expression) ?? [];
  return Number(count) * (UNITS_MS[unit] ?? Number.NaN) || LONGEST_PAUSE_MS;
}
