import { checkStack } from '../../../local/doctor/check-stack';
import type { Finding } from '../../../local/doctor/finding';
import type { StackFacts } from '../../../local/doctor/stack-facts';

const NOW = Date.parse('2026-01-10T12:00:00Z');
const HOUR_MS = 3_600_000;
const OWN = '1.2.0';
const MIRROR = 's3://production';
const UNKNOWN = { unknown: 'these credentials lack lambda:GetFunctionConfiguration' };

const functionNamed = (name: string, more: Partial<FunctionFacts> = {}): FunctionFacts => {
  return { name, state: { value: 'Active' }, reserved: { value: undefined }, ...more };
};
type FunctionFacts = Extract<StackFacts['functions'], { value: unknown }>['value'][number];

const QUEUE = { url: 'https://sqs.eu-west-1.amazonaws.com/111122223333/Dead', messages: { value: 0 } };
const ALARM = { name: 'NoSuccess', state: 'OK', reason: 'no datapoints were missing', notifies: true };
const SILENCE = { mirror: MIRROR, withinMs: 26 * HOUR_MS };
const SCHEDULE = { isOn: true, expression: 'cron(0 3 * * ? *)', update: { Name: 'nightly', State: 'DISABLED' } };
const TOPIC_ARN = 'arn:aws:sns:eu-west-1:111122223333:Alarms';
const SUBSCRIPTION = { protocol: 'email', endpoint: 'ops@example.com', isConfirmed: true };

const GOOD: StackFacts = {
  stack: 'BucketSync',
  stateMachineArn: 'arn:aws:states:eu-west-1:111122223333:stateMachine:Sync',
  awsOptions: ['--region', 'eu-west-1'],
  ownOptions: ['--stack', 'BucketSync'],
  now: NOW,
  stackStatus: { value: 'UPDATE_COMPLETE' },
  machineStatus: { value: 'ACTIVE' },
  version: { value: OWN },
  functions: { value: [functionNamed('ValidateInput'), functionNamed('CopyRange'), functionNamed('DeleteRange')] },
  concurrency: { value: { limit: 1000, unreserved: 900 } },
  schedules: { value: [{ name: 'nightly', schedule: { value: SCHEDULE } }] },
  queues: { value: [QUEUE] },
  alarms: { value: [{ ...ALARM, silence: SILENCE }] },
  topics: { value: [{ arn: TOPIC_ARN, subscriptions: { value: [SUBSCRIPTION] } }] },
  mirrors: { value: [{ name: MIRROR, maxConcurrency: 40, lastSuccess: { value: NOW - 9 * HOUR_MS } }] },
};

const nameOf = ({ check, about }: Finding) => `${check} ${about}`;
const statesOf = (facts: StackFacts) =>
  Object.fromEntries(checkStack(facts, OWN).map((finding) => [nameOf(finding), finding.state]));

function lineOf(facts: StackFacts, check: string): Finding {
  const [line, ...others] = checkStack(facts, OWN).filter((finding) => finding.check === check);
  if (!line || others.length > 0) throw new Error(`Expected one line ${check}`);
  return line;
}

type Fault = [check: string, state: Finding['state'], says: RegExp, facts: Partial<StackFacts>, command?: string];

const withAlarm = (more: Partial<typeof ALARM>): Partial<StackFacts> => {
  return { alarms: { value: [{ ...ALARM, silence: SILENCE, ...more }] } };
};
const withFunction = (more: Partial<FunctionFacts>): Partial<StackFacts> => {
  return { functions: { value: [functionNamed('ValidateInput'), functionNamed('CopyRange', more)] } };
};
const withSuccess = (at: number | undefined): Partial<StackFacts> => {
  return { mirrors: { value: [{ name: MIRROR, maxConcurrency: 40, lastSuccess: { value: at } }] } };
};

const FAULTS: Fault[] = [
  [
    'stack.status',
    'warning',
    /the last deployment failed, and was undone/,
    { stackStatus: { value: 'UPDATE_ROLLBACK_COMPLETE' } },
    'aws cloudformation describe-stack-events --stack-name BucketSync --region eu-west-1',
  ],
  ['stack.status', 'failure', /not deployed completely/, { stackStatus: { value: 'ROLLBACK_COMPLETE' } }],
  ['stack.status', 'failure', /not deployed completely/, { stackStatus: { value: 'UPDATE_ROLLBACK_FAILED' } }],
  ['stack.status', 'warning', /is being changed/, { stackStatus: { value: 'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS' } }],
  ['stack.status', 'unchecked', /^not checked: /, { stackStatus: UNKNOWN }],
  ['stack.state-machine', 'failure', /DELETING/, { machineStatus: { value: 'DELETING' } }],
  [
    'stack.version',
    'warning',
    /by version 1\.1\.9, and this is 1\.2\.0/,
    { version: { value: '1.1.9' } },
    'npx cdk deploy BucketSync',
  ],
  ['stack.version', 'warning', /does not say which version/, { version: { value: undefined } }],
  ['stack.functions', 'failure', /CopyRange is not there/, withFunction({ state: { value: undefined } })],
  ['stack.functions', 'failure', /CopyRange is Failed/, withFunction({ state: { value: 'Failed' } })],
  ['stack.functions', 'unchecked', /lack lambda:GetFunctionConfiguration/, withFunction({ state: UNKNOWN })],
  [
    'stack.reserved-concurrency',
    'failure',
    /CopyRange may not run: its reserved concurrency is 0/,
    withFunction({ reserved: { value: 0 } }),
    'aws lambda delete-function-concurrency --function-name CopyRange --region eu-west-1',
  ],
  [
    'stack.reserved-concurrency',
    'warning',
    /may run 5 times at once, and a round has up to 40/,
    withFunction({ reserved: { value: 5 } }),
  ],
  ['stack.reserved-concurrency', 'unchecked', /^not checked/, withFunction({ reserved: UNKNOWN })],
  [
    'stack.concurrency',
    'warning',
    /Lambda runs 10 functions at once .*up to 80 Tasks/,
    { concurrency: { value: { limit: 10, unreserved: 10 } } },
    'aws service-quotas request-service-quota-increase --service-code lambda --quota-code L-B99A9384 --desired-value 1000 --region eu-west-1',
  ],
  [
    'stack.schedule',
    'warning',
    /is off, so it starts no run/,
    { schedules: { value: [{ name: 'nightly', schedule: { value: { ...SCHEDULE, isOn: false } } }] } },
    `aws scheduler update-schedule --cli-input-json {"Name":"nightly","State":"ENABLED"} --region eu-west-1`,
  ],
  ['stack.schedule', 'unchecked', /^not checked/, { schedules: { value: [{ name: 'nightly', schedule: UNKNOWN }] } }],
  [
    'stack.dead-letters',
    'failure',
    /3 starts or messages were lost/,
    { queues: { value: [{ ...QUEUE, messages: { value: 3 } }] } },
    `aws sqs receive-message --queue-url ${QUEUE.url} --region eu-west-1`,
  ],
  [
    'stack.alarm',
    'failure',
    /the alarm is on: Threshold Crossed/,
    withAlarm({ state: 'ALARM', reason: 'Threshold Crossed' }),
    'bucketsync runs --stack BucketSync',
  ],
  ['stack.alarm', 'unchecked', /no data yet/, withAlarm({ state: 'INSUFFICIENT_DATA' })],
  [
    'stack.alarm',
    'warning',
    /notifies nobody/,
    withAlarm({ notifies: false }),
    'aws cloudwatch enable-alarm-actions --alarm-names NoSuccess --region eu-west-1',
  ],
  [
    'stack.subscription',
    'warning',
    /ops@example\.com has not confirmed/,
    { topics: { value: [{ arn: TOPIC_ARN, subscriptions: { value: [{ ...SUBSCRIPTION, isConfirmed: false }] } }] } },
    `aws sns subscribe --topic-arn ${TOPIC_ARN} --protocol email --notification-endpoint ops@example.com --region eu-west-1`,
  ],
  [
    'stack.subscription',
    'warning',
    /nobody has subscribed/,
    { topics: { value: [{ arn: TOPIC_ARN, subscriptions: { value: [] } }] } },
  ],
  [
    'stack.last-success',
    'failure',
    /1 d 3 h ago, and should be at most 1 d 2 h ago/,
    withSuccess(NOW - 27 * HOUR_MS),
    'bucketsync runs --stack BucketSync',
  ],
  [
    'stack.last-success',
    'warning',
    /no run has brought all of it up to date yet/,
    withSuccess(undefined),
    'bucketsync start --watch --stack BucketSync',
  ],
];

describe('the checks of a stack', () => {
  it('find nothing wrong with a stack that is well', () => {
    expect(new Set(Object.values(statesOf(GOOD)))).toEqual(new Set(['ok']));
  });

  // Jest gives a callback in the place of a member that is missing
  it.each(FAULTS.map(([check, state, says, more, command = '']) => [check, state, says, more, command] as const))(
    'turn %s, and no other line, to %s: %s',
    (check, state, says, more, command) => {
      const facts = { ...GOOD, ...more };
      const line = lineOf(facts, check);

      expect(statesOf(facts)).toEqual({ ...statesOf(GOOD), [nameOf(line)]: state });
      expect(line.says).toMatch(says);
      if (command !== '') expect(line.commands?.[0]?.join(' ')).toBe(command);
    },
  );

  it.each<[name: string, facts: Partial<StackFacts>, state: string]>([
    ['a schedule of every hour', { schedules: scheduleOf('rate(1 hour)') }, 'failure'],
    ['a schedule of every week', { schedules: scheduleOf('rate(7 days)') }, 'ok'],
    ['a schedule by cron, which may be weekly', { schedules: scheduleOf('cron(0 3 ? * MON *)') }, 'ok'],
    ['no schedule', { schedules: { value: [] } }, 'ok'],
    ['a schedule that is off', { schedules: scheduleOf('rate(1 hour)', false) }, 'ok'],
  ])('go by the schedule if there is no alarm on silence: with %s', (_name, more, state) => {
    const facts = { ...GOOD, ...withAlarm({}), ...withSuccess(NOW - 9 * HOUR_MS), ...more };
    const alarms = { value: [ALARM] };

    expect(lineOf({ ...facts, alarms }, 'stack.last-success').state).toBe(state);
  });

  it('have one line about a list that nobody may see, which is never ok', () => {
    const hidden = { schedules: UNKNOWN, queues: UNKNOWN, alarms: UNKNOWN, topics: UNKNOWN, mirrors: UNKNOWN };
    const lines = checkStack({ ...GOOD, ...hidden }, OWN).filter(({ state }) => state === 'unchecked');

    expect(lines.map(nameOf)).toEqual([
      'stack.schedule BucketSync',
      'stack.dead-letters BucketSync',
      'stack.alarm BucketSync',
      'stack.subscription BucketSync',
      'stack.last-success BucketSync',
    ]);
  });

  it('warn of a stack that nothing watches', () => {
    expect(lineOf({ ...GOOD, alarms: { value: [] } }, 'stack.alarm')).toMatchObject({
      state: 'warning',
      about: 'BucketSync',
      says: expect.stringContaining('deploy it with `alarmEmail`'),
    });
  });
});

function scheduleOf(expression: string, isOn = true): StackFacts['schedules'] {
  return { value: [{ name: 'it', schedule: { value: { ...SCHEDULE, expression, isOn } } }] };
}
