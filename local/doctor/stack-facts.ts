import type { Answer } from './finding';

/** What is known about a deployed state machine, and about the stack that it belongs to. */
export interface StackFacts {
  /** Undefined: no stack is known, only the state machine. */
  readonly stack: string | undefined;
  readonly stateMachineArn: string;
  /** Options for commands of the AWS CLI, and of bucketsync. */
  readonly awsOptions: readonly string[];
  readonly ownOptions: readonly string[];
  readonly now: number;
  /** `UPDATE_COMPLETE` */
  readonly stackStatus: Answer<string>;
  /** `ACTIVE` */
  readonly machineStatus: Answer<string>;
  /** The version that deployed it. Undefined: one that did not say so. */
  readonly version: Answer<string | undefined>;
  readonly functions: Answer<readonly FunctionFacts[]>;
  readonly concurrency: Answer<ConcurrencyFacts>;
  readonly schedules: Answer<readonly ScheduleFacts[]>;
  readonly queues: Answer<readonly QueueFacts[]>;
  readonly alarms: Answer<readonly AlarmFacts[]>;
  readonly topics: Answer<readonly TopicFacts[]>;
  readonly mirrors: Answer<readonly MirrorFacts[]>;
}

export interface FunctionFacts {
  readonly name: string;
  /** `Active`; undefined: there is no such function. */
  readonly state: Answer<string | undefined>;
  /** Undefined: no concurrency is reserved for it. */
  readonly reserved: Answer<number | undefined>;
}

export interface ConcurrencyFacts {
  /** Executions of all functions of the account and Region at one time. */
  readonly limit: number;
  /** What of it is left for functions without reserved concurrency. */
  readonly unreserved: number;
}

export interface ScheduleFacts {
  readonly name: string;
  readonly schedule: Answer<ScheduleSetting>;
}

export interface ScheduleSetting {
  readonly isOn: boolean;
  /** `cron(0 3 * * ? *)` */
  readonly expression: string;
  /** The parameters of UpdateSchedule that leave everything as it is. */
  readonly update: Readonly<Record<string, unknown>>;
}

export interface QueueFacts {
  readonly url: string;
  readonly messages: Answer<number>;
}

export interface AlarmFacts {
  readonly name: string;
  /** `OK`, `ALARM` or `INSUFFICIENT_DATA` */
  readonly state: string;
  readonly reason: string;
  readonly notifies: boolean;
  /** Of the alarm on silence: the mirror, and how long it may be without a success. */
  readonly silence?: { readonly mirror: string; readonly withinMs: number };
}

export interface TopicFacts {
  readonly arn: string;
  readonly subscriptions: Answer<readonly SubscriptionFacts[]>;
}

export interface SubscriptionFacts {
  readonly protocol: string;
  readonly endpoint: string;
  readonly isConfirmed: boolean;
}

export interface MirrorFacts {
  /** As metrics name it. */
  readonly name: string;
  /** How many Tasks of a loop run at one time. */
  readonly maxConcurrency: number;
  /** The end of the last run that brought all of it up to date, in milliseconds since 1970. Undefined: there is none. */
  readonly lastSuccess: Answer<number | undefined>;
}
