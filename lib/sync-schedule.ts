import { Duration, Stack, Token } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as scheduler from 'aws-cdk-lib/aws-scheduler';
import * as targets from 'aws-cdk-lib/aws-scheduler-targets';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import type * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import { InvalidInputError } from '../statemachine/errors';
import type { DeployedMirror } from '../statemachine/input/deployed-mirrors';
import { type SettledInput, settleInput } from '../statemachine/input/deployed-settings';
import type { IsApart, SyncRequest } from '../statemachine/input/sync-input';
import type { MirrorSetting } from './mirror-setting';
import { parseScheduleExpression } from './schedule-expression';
import type { ScheduleInput } from './schedule-input';
import type { Starts } from './schedule-starts';
import { withoutTokens } from './unresolved-text';

/** When a mirror starts by schedule, and with which input. */
export interface SyncSchedule {
  /** Unique among the schedules of the construct. */
  readonly name: string;

  /** Start times: `ScheduleExpression.cron(…)`, `rate(…)` or `at(…)`, with the time zone. */
  readonly schedule: scheduler.ScheduleExpression;

  /**
   * Input of the executions. It may narrow the deployed settings.
   *
   * @default the deployed settings
   */
  readonly input?: ScheduleInput;

  /**
   * How long after its time the schedule may start an execution, to spread load.
   *
   * @default it starts on time
   */
  readonly timeWindow?: Duration;

  /**
   * Whether the schedule is enabled.
   *
   * @default true
   */
  readonly enabled?: boolean;

  /**
   * Queue for starts that Step Functions did not accept for an hour.
   *
   * @default one queue for all schedules of the construct
   */
  readonly deadLetterQueue?: sqs.IQueue;
}

/** One schedule. Its role may only start this state machine. */
export function createSchedule(
  scope: Construct,
  schedule: SyncSchedule,
  target: { readonly stateMachine: sfn.IStateMachine; readonly input: object; readonly role: iam.IRole },
): scheduler.Schedule {
  return new scheduler.Schedule(scope, schedule.name, {
    description: `Starts the mirror ${schedule.name}`,
    schedule: schedule.schedule,
    enabled: schedule.enabled,
    timeWindow: schedule.timeWindow && scheduler.TimeWindow.flexible(schedule.timeWindow),
    target: new targets.StepFunctionsStartExecution(target.stateMachine, {
      input: scheduler.ScheduleTargetInput.fromObject(target.input),
      deadLetterQueue: schedule.deadLetterQueue,
      role: target.role,
      // a missed start should go to the queue, not run in the middle of the day
      maxEventAge: Duration.hours(1),
    }),
  });
}

/** In the construct, not in the stack like CDK's own role, so that the construct's tags and permission boundaries apply to it. */
export function createScheduleRole(scope: Construct): iam.Role {
  const { account } = Stack.of(scope);
  const group = Stack.of(scope).formatArn({
    service: 'scheduler',
    resource: 'schedule-group',
    resourceName: 'default',
  });
  return new iam.Role(scope, 'StarterRole', {
    description: 'Starts executions of the bucketsync state machine',
    assumedBy: new iam.ServicePrincipal('scheduler.amazonaws.com', {
      conditions: { StringEquals: { 'aws:SourceAccount': account, 'aws:SourceArn': group } },
    }),
  });
}

/** Fields that identify a mirror among the others of its construct. Empty if it is the only one. */
export function scheduleInput(
  { input = {} }: SyncSchedule,
  mirror: MirrorSetting,
  isOnlyOne: boolean,
): Partial<SyncRequest> {
  if (isOnlyOne) return input;
  const { source, destination, prefix = '', destinationPrefix = prefix } = mirror;
  const namesFolder = input.prefix !== undefined || input.destinationPrefix !== undefined;
  return { source, destination, ...(!namesFolder && { prefix, destinationPrefix }), ...input };
}

/** @throws InvalidInputError  the input would be rejected; the message names the schedule */
export function checkScheduleInput(
  name: string,
  input: Partial<SyncRequest>,
  mirrors: readonly DeployedMirror[],
  isApart?: IsApart,
): SettledInput {
  try {
    return settleInput(withoutTokens(input), mirrors, undefined, isApart);
  } catch (error) {
    if (!(error instanceof InvalidInputError)) throw error;
    throw new InvalidInputError(`Schedule \`${name}\`: ${error.message}`, { cause: error });
  }
}

/**
 * Its start times. Undefined if CloudFormation fills them in.
 *
 * @throws InvalidInputError  EventBridge Scheduler would reject the expression; the message names the schedule
 */
export function readStarts({ name, schedule, timeWindow }: SyncSchedule): Starts | undefined {
  const timezone = schedule.timeZone?.timezoneName ?? 'UTC';
  const { expressionString: expression } = schedule;
  if (Token.isUnresolved(expression) || Token.isUnresolved(timezone)) return undefined;
  const parsed = parseScheduleExpression(expression);
  if (typeof parsed === 'string') {
    throw new InvalidInputError(`Schedule \`${name}\`: Expected \`schedule\` to be ${parsed}, got "${expression}"`);
  }
  return { schedule: parsed, timezone, windowMinutes: timeWindow?.toMinutes() ?? 0 };
}
