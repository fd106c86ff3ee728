import * as events from 'aws-cdk-lib/aws-events';
import * as targets from 'aws-cdk-lib/aws-events-targets';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import type * as sns from 'aws-cdk-lib/aws-sns';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import type * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { formatS3Url } from '../wording/s3-url';
import { createDeadLetterQueue } from './dead-letter-queue';

export const EXECUTION_ENDS = ['SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED'] as const;

/** How an execution can end. */
export type ExecutionEnd = (typeof EXECUTION_ENDS)[number];

/** Messages about executions that have ended. */
export interface SyncNotifications {
  /** Topic for a message when an execution has ended. An imported topic must allow `events.amazonaws.com` to publish. */
  readonly topic: sns.ITopic;

  /**
   * Which executions send a message.
   *
   * @default all
   */
  readonly on?: ExecutionEnd[];

  /**
   * Queue for events that EventBridge could not send to the topic.
   *
   * @default a new queue that keeps events for 14 days
   */
  readonly deadLetterQueue?: sqs.IQueue;
}

export interface SyncNotificationsRuleProps extends SyncNotifications {
  readonly stateMachine: sfn.IStateMachine;

  readonly reportBucket: s3.IBucket;
}

/**
 * Sends a JSON message to a topic when an execution has ended. It works outside of the state machine, so it also reports
 * executions that were stopped or that Step Functions ended. EventBridge gets these events on a best-effort basis.
 */
export class SyncNotificationsRule extends Construct {
  readonly deadLetterQueue: sqs.IQueue;

  constructor(scope: Construct, id: string, props: SyncNotificationsRuleProps) {
    super(scope, id);
    const { topic, stateMachine, on = EXECUTION_ENDS } = props;
    this.deadLetterQueue = props.deadLetterQueue ?? createDeadLetterQueue(this);
    new events.Rule(this, 'Resource', {
      description: 'Tells when an execution of bucketsync has ended',
      eventPattern: {
        source: ['aws.states'],
        detailType: ['Step Functions Execution Status Change'],
        // exactly this ARN, because the executions that a Distributed Map starts have another one
        detail: { stateMachineArn: [stateMachine.stateMachineArn], status: [...on] },
      },
      targets: [
        new targets.SnsTopic(topic, {
          message: events.RuleTargetInput.fromObject(describeEnd(props)),
          deadLetterQueue: this.deadLetterQueue,
        }),
      ],
    });
  }
}

/**
 * The message. EventBridge escapes nothing that it puts into a string, and leaves out a variable that the event does not have.
 * So strings have only values that every event has and that require no escape. Input, error and cause come with the object
 * `detail`, which EventBridge writes as JSON.
 *
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html#eb-transform-input-issues
 */
function describeEnd({ reportBucket }: SyncNotificationsRuleProps): object {
  const field = (name: string) => events.EventField.fromPath(`$.detail.${name}`);
  return {
    bucketsync: field('status'),
    report: formatS3Url(reportBucket.bucketName, `runs/${field('name')}/`),
    execution: field('executionArn'),
    detail: events.EventField.fromPath('$.detail'),
  };
}
