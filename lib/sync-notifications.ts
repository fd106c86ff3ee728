import { Duration } from 'aws-cdk-lib';
import * as events from 'aws-cdk-lib/aws-events';
import * as targets from 'aws-cdk-lib/aws-events-targets';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import type * as sns from 'aws-cdk-lib/aws-sns';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import type * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';

export const EXECUTION_ENDS = ['SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED'] as const;

/** How an execution can end. */
export type ExecutionEnd = (typeof EXECUTION_ENDS)[number];

export interface SyncNotifications {
  /** Where a message goes when an execution has ended. An imported topic must let `events.amazonaws.com` publish. */
  readonly topic: sns.ITopic;

  /**
   * Which executions are worth a message.
   *
   * @default every one, however it ended
   */
  readonly on?: readonly ExecutionEnd[];

  /**
   * Where an event goes that EventBridge could not send to the topic.
   *
   * @default a new queue that keeps it for 14 days
   */
  readonly deadLetterQueue?: sqs.IQueue;
}

export interface SyncNotificationsRuleProps extends SyncNotifications {
  readonly stateMachine: sfn.IStateMachine;

  readonly reportBucket: s3.IBucket;
}

/**
 * Sends a JSON message to a topic when an execution has ended. From outside of the state machine, so that it also tells
 * of an execution that was stopped or that Step Functions itself ended, as far as EventBridge is told: best effort.
 */
export class SyncNotificationsRule extends Construct {
  constructor(scope: Construct, id: string, props: SyncNotificationsRuleProps) {
    super(scope, id);
    const { topic, stateMachine, on = EXECUTION_ENDS } = props;
    new events.Rule(this, 'Resource', {
      description: 'Tells when an execution of bucketsync has ended',
      eventPattern: {
        source: ['aws.states'],
        detailType: ['Step Functions Execution Status Change'],
        // This one exactly: the executions that a Distributed Map starts belong to another ARN.
        detail: { stateMachineArn: [stateMachine.stateMachineArn], status: [...on] },
      },
      targets: [
        new targets.SnsTopic(topic, {
          message: events.RuleTargetInput.fromObject(describeEnd(props)),
          deadLetterQueue: props.deadLetterQueue ?? this.createQueue(),
        }),
      ],
    });
  }

  private createQueue(): sqs.Queue {
    return new sqs.Queue(this, 'DeadLetters', { enforceSSL: true, retentionPeriod: Duration.days(14) });
  }
}

/**
 * What the message says. EventBridge escapes nothing that it puts into a string, and leaves a variable out that the event does
 * not have. So a string holds only what every event has, in characters that need no escape; input, error and cause come
 * with `detail`, an object, which EventBridge writes as the JSON that it is.
 *
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html#eb-transform-input-issues
 */
function describeEnd({ reportBucket }: SyncNotificationsRuleProps): object {
  const field = (name: string) => events.EventField.fromPath(`$.detail.${name}`);
  return {
    bucketsync: field('status'),
    report: `s3://${reportBucket.bucketName}/runs/${field('name')}/`,
    execution: field('executionArn'),
    detail: events.EventField.fromPath('$.detail'),
  };
}
