import { Duration, Token } from 'aws-cdk-lib';
import * as scheduler from 'aws-cdk-lib/aws-scheduler';
import * as targets from 'aws-cdk-lib/aws-scheduler-targets';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import type * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import { refuseOtherFolders } from '../statemachine/allowed-folders';
import { InvalidInputError } from '../statemachine/errors';
import { parseSyncInput, type SyncRequest } from '../statemachine/sync-input';
import { type BucketOrLocation, formatLocation, type SyncLocation, toLocation } from './sync-location';

/** When a mirror runs by itself, and what it does then. */
export interface SyncSchedule {
  /** Unlike that of every other schedule of the construct. */
  readonly name: string;

  /** When: `ScheduleExpression.cron(…)`, `rate(…)` or `at(…)`, with its time zone. */
  readonly schedule: scheduler.ScheduleExpression;

  /**
   * The execution's input. `source` and `destination` may be left out where there is only one of them.
   *
   * @default the only source, the only destination, and the defaults of everything else
   */
  readonly input?: Partial<SyncRequest>;

  /**
   * How long after that time it may start, to spread load.
   *
   * @default it starts at once
   */
  readonly timeWindow?: Duration;

  /**
   * Whether it is on.
   *
   * @default true
   */
  readonly enabled?: boolean;

  /**
   * Where a start goes that Step Functions did not accept for an hour.
   *
   * @default one queue for all schedules of the construct
   */
  readonly deadLetterQueue?: sqs.IQueue;
}

export interface SyncScheduleTarget {
  readonly stateMachine: sfn.IStateMachine;
  readonly sources: readonly BucketOrLocation[];
  readonly destinations: readonly BucketOrLocation[];
}

/** One schedule; its role may start this state machine and nothing else. */
export function createSchedule(scope: Construct, schedule: SyncSchedule, target: SyncScheduleTarget): void {
  new scheduler.Schedule(scope, schedule.name, {
    description: `Starts the mirror ${schedule.name}`,
    schedule: schedule.schedule,
    enabled: schedule.enabled,
    timeWindow: schedule.timeWindow && scheduler.TimeWindow.flexible(schedule.timeWindow),
    target: new targets.StepFunctionsStartExecution(target.stateMachine, {
      input: scheduler.ScheduleTargetInput.fromObject(completeInput(schedule, target)),
      deadLetterQueue: schedule.deadLetterQueue,
      // A start that is missed is better seen in the queue than done in the middle of the day.
      maxEventAge: Duration.hours(1),
    }),
  });
}

/** @throws InvalidInputError  the input would be refused when the schedule fires; names the schedule */
function completeInput({ name, input = {} }: SyncSchedule, target: SyncScheduleTarget): Partial<SyncRequest> {
  try {
    const complete = {
      ...(input.source === undefined && sourceFields(onlyOne('source', target.sources))),
      ...(input.destination === undefined && destinationFields(onlyOne('destination', target.destinations))),
      ...input,
    };
    const parsed = parseSyncInput(withoutTokens(complete));
    refuseOtherFolders(parsed, {
      sources: allowedFolders([complete.source, parsed.prefix], target.sources),
      destinations: allowedFolders([complete.destination, parsed.destinationPrefix], target.destinations),
    });
    return complete;
  } catch (error) {
    if (!(error instanceof InvalidInputError)) throw error;
    throw new InvalidInputError(`Schedule \`${name}\`: ${error.message}`, { cause: error });
  }
}

/** What may be asked for; undefined, and left to ValidateInput, where CloudFormation fills in any of the names. */
function allowedFolders(asked: readonly unknown[], places: readonly BucketOrLocation[]): string[] | undefined {
  const folders = places.map(formatLocation);
  return [...asked, ...folders].some((name) => Token.isUnresolved(name)) ? undefined : folders;
}

function onlyOne(side: 'source' | 'destination', places: readonly BucketOrLocation[]): SyncLocation {
  const [place] = places;
  if (place !== undefined && places.length === 1) return toLocation(place);
  throw new InvalidInputError(`Expected \`input.${side}\` to name one of ${places.length} buckets, got nothing`);
}

function sourceFields({ bucket, prefix }: SyncLocation): Partial<SyncRequest> {
  return { source: bucket.bucketName, ...(prefix && { prefix }) };
}

function destinationFields({ bucket, prefix }: SyncLocation): Partial<SyncRequest> {
  return { destination: bucket.bucketName, ...(prefix && { destinationPrefix: prefix }) };
}

/** Names that CloudFormation fills in are checked when the schedule fires; each stands for a bucket of its own here. */
function withoutTokens(input: Partial<SyncRequest>): unknown {
  const { source, destination } = input;
  return {
    ...input,
    source: Token.isUnresolved(source) ? 'a-source' : source,
    destination: Token.isUnresolved(destination)
      ? source === destination
        ? 'a-source'
        : 'a-destination'
      : destination,
  };
}
