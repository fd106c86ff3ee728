import type * as iam from 'aws-cdk-lib/aws-iam';
import type * as scheduler from 'aws-cdk-lib/aws-scheduler';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import type * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { InvalidInputError } from '../statemachine/errors';
import { isWhole } from '../statemachine/input/is-whole';
import { createDeadLetterQueue } from './dead-letter-queue';
import { refuseUnknownFieldsOfSchedule } from './known-fields';
import { registerSchedule } from './mirror-registry';
import type { ScheduledMirror } from './scheduled-mirror';
import {
  checkScheduleInput,
  createSchedule,
  createScheduleRole,
  readStarts,
  type SyncSchedule,
  scheduleInput,
} from './sync-schedule';
import { isApartIn } from './sync-side';
import { toSetting } from './to-setting';

interface SyncSchedulesProps {
  readonly stateMachine: sfn.IStateMachine;
  readonly mirrors: readonly ScheduledMirror[];
}

/** Names of other children of the construct. A schedule must not have one of them. */
const OWN_NAMES = ['StarterRole', 'DeadLetters'];

/** The schedules of a construct. They share one role, and one queue for starts that were lost. */
export class SyncSchedules extends Construct {
  #role?: iam.Role;
  #deadLetterQueue?: sqs.Queue;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: SyncSchedulesProps,
  ) {
    super(scope, id);
  }

  /** Undefined if there is no schedule. */
  get role(): iam.IRole | undefined {
    return this.#role;
  }

  /** Undefined if each schedule has a queue of its own, or there is none. */
  get deadLetterQueue(): sqs.IQueue | undefined {
    return this.#deadLetterQueue;
  }

  /** @throws InvalidInputError  its executions would be rejected, or it would interfere with another schedule of the app */
  add(schedule: SyncSchedule, mirror: ScheduledMirror): scheduler.Schedule {
    const { stateMachine, mirrors } = this.props;
    refuseUnknownFieldsOfSchedule(schedule, this.node.path);
    if (schedule.name === '' || OWN_NAMES.includes(schedule.name)) {
      throw new InvalidInputError(
        `Expected the \`name\` of a schedule to be neither empty nor ${OWN_NAMES.join(' or ')}, got "${schedule.name}"`,
      );
    }
    if (this.node.tryFindChild(schedule.name)) {
      throw new InvalidInputError(
        `Expected each schedule of a construct to have its own \`name\`, got "${schedule.name}" twice`,
      );
    }
    const input = scheduleInput(schedule, toSetting(mirror.mirror), mirrors.length === 1);
    this.#register(schedule, input, mirror);
    this.#role ??= createScheduleRole(this);
    const deadLetterQueue = schedule.deadLetterQueue ?? this.#ownQueue();
    return createSchedule(this, { ...schedule, deadLetterQueue }, { stateMachine, input, role: this.#role });
  }

  #register(schedule: SyncSchedule, input: object, mirror: ScheduledMirror): void {
    const { name } = schedule;
    const all = this.props.mirrors.map(({ deployed }) => deployed);
    const settled = checkScheduleInput(name, input, all, isApartIn(mirror.mirror));
    const starts = readStarts(schedule);
    // a dry run takes no lock
    if (schedule.enabled === false || settled.input.dryRun) return;
    if (starts) registerSchedule(this.node.root, mirror.registered, { ...starts, name });
    mirror.starts.push(starts);
    if (isWhole(settled, mirror.deployed)) mirror.wholeStarts.push(starts);
  }

  #ownQueue(): sqs.Queue {
    this.#deadLetterQueue ??= createDeadLetterQueue(this);
    return this.#deadLetterQueue;
  }
}
