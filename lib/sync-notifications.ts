import * as events from 'aws-cdk-lib/aws-events';
import * as targets from 'aws-cdk-lib/aws-events-targets';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import type * as sns from 'aws-cdk-lib/aws-sns';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import type * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { EXECUTION_ENDS, type ExecutionEnd } from '../statemachine/events/announcements';
import { createDeadLetterQueue } from './dead-letter-queue';
import { describeOutsideEnd, type OutsideEnd } from './outside-end';

export type { ExecutionEnd } from '../statemachine/events/announcements';

/** Messages about executions that have ended. */
export interface SyncNotifications {
  /**
   * Topic for a message when an execution has ended. An imported topic must allow `events.amazonaws.com` to publish. If a key encrypts
   * an imported topic, import the topic together with it. The topic may not be a FIFO topic.
   */
  readonly topic: sns.ITopic;

  /**
   * Which executions send a message. A run that a guard refused, and one that found another run at work, count
   * as FAILED. The execution of a run that was held succeeds.
   *
   * @default all
   */
  readonly on?: ExecutionEnd[];

  /**
   * Queue for messages that EventBridge could not send to the topic.
   *
   * @default a new queue that keeps them for 14 days
   */
  readonly deadLetterQueue?: sqs.IQueue;

  /**
   * Address of a runbook, for the messages. It has a section for each error.
   *
   * @default that of `monitoring`, otherwise the name of docs/runbook.md in the repository
   */
  readonly runbookUrl?: string;
}

export interface SyncNotificationsRuleProps extends SyncNotifications {
  readonly stateMachine: sfn.IStateMachine;

  readonly reportBucket: s3.IBucket;

  /**
   * Whether runs tell CloudFront what has changed.
   *
   * @default false
   */
  readonly invalidates?: boolean;
}

/** How Step Functions shows each end about which `FinishRun` has sent no message. */
const OUTSIDE_ENDS: Readonly<Record<OutsideEnd, Readonly<Record<string, unknown>>>> = {
  ABORTED: {},
  TIMED_OUT: {},
  // `messageOf` in finish-run.ts keeps the causes of all other runs apart from these
  FAILED: {
    $or: [
      { error: [{ prefix: 'States.' }] },
      { cause: [{ prefix: '{' }] },
      { error: [{ prefix: 'Lambda.' }], cause: [{ 'anything-but': { prefix: 'Lambda.' } }] },
    ],
  },
};

/**
 * Sends a message when an execution has ended without one from `FinishRun`: somebody stopped it, it ran out of time, or `FinishRun`
 * itself failed. These messages come from Step Functions' own events, which EventBridge gets on a best-effort basis.
 */
export class SyncNotificationsRule extends Construct {
  readonly deadLetterQueue: sqs.IQueue;

  constructor(scope: Construct, id: string, props: SyncNotificationsRuleProps) {
    super(scope, id);
    const { topic, stateMachine, on = EXECUTION_ENDS } = props;
    this.deadLetterQueue = props.deadLetterQueue ?? createDeadLetterQueue(this);
    for (const status of Object.keys(OUTSIDE_ENDS) as OutsideEnd[]) {
      if (!on.includes(status)) continue;
      new events.Rule(this, status, {
        description: `Tells of executions of bucketsync that ended without their last step: ${status}`,
        eventPattern: {
          source: ['aws.states'],
          detailType: ['Step Functions Execution Status Change'],
          // exactly this ARN, because the executions that a Distributed Map starts have another one
          detail: { stateMachineArn: [stateMachine.stateMachineArn], status: [status], ...OUTSIDE_ENDS[status] },
        },
        targets: [
          new targets.SnsTopic(topic, {
            message: events.RuleTargetInput.fromMultilineText(describeOutsideEnd(status, props)),
            deadLetterQueue: this.deadLetterQueue,
          }),
        ],
      });
    }
  }
}
