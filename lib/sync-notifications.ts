import * as events from 'aws-cdk-lib/aws-events';
import * as targets from 'aws-cdk-lib/aws-events-targets';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import type * as sns from 'aws-cdk-lib/aws-sns';
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
}

export interface SyncNotificationsRuleProps extends SyncNotifications {
  readonly stateMachine: sfn.IStateMachine;

  readonly reportBucket: s3.IBucket;
}

/**
 * Sends a few lines to a topic when an execution has ended. From outside of the state machine, so that it also tells
 * of an execution that was stopped or that Step Functions itself ended.
 */
export class SyncNotificationsRule extends Construct {
  constructor(scope: Construct, id: string, props: SyncNotificationsRuleProps) {
    super(scope, id);
    const { topic, stateMachine, reportBucket, on = EXECUTION_ENDS } = props;
    const field = (name: string) => events.EventField.fromPath(`$.detail.${name}`);
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
          message: events.RuleTargetInput.fromMultilineText(
            [
              `bucketsync ${field('status')}`,
              `Input: ${field('input')}`,
              `Error: ${field('error')} ${field('cause')}`,
              `Report: s3://${reportBucket.bucketName}/runs/${field('name')}/`,
              `Execution: ${field('executionArn')}`,
            ].join('\n'),
          ),
        }),
      ],
    });
  }
}
