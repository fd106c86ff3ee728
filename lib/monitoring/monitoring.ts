import { Annotations, Duration, Stack } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { createDashboard } from './dashboard';
import { describeAlarm } from './describe-alarm';
import { LogQueries } from './log-queries';
import { MirrorAlarms, notify, ONCE_ABOVE } from './mirror-alarms';
import type { MonitoredMirror, MonitoringProps } from './monitoring-props';
import { NO_STARTS, silenceOf } from './silence';

/** The alarms of a construct, and its dashboard. */
export class Monitoring extends Construct {
  readonly alarms: readonly cloudwatch.IAlarm[];

  /** @throws InvalidInputError */
  constructor(scope: Construct, id: string, props: MonitoringProps) {
    super(scope, id);
    // the policy of a topic that demands TLS replaces the one that lets alarms publish
    const conditions = { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } };
    props.alarmTopic.grantPublish(new iam.ServicePrincipal('cloudwatch.amazonaws.com', { conditions }));
    this.alarms = [
      ...props.mirrors.flatMap((monitored, index) => this.watch(monitored, index, props)),
      this.createFailed(props),
      ...props.deadLetterQueues.map((queue, index) => this.createLost(queue, index, props)),
    ];
    const { StateMachine: _withoutLines, ...ofFunctions } = props.logGroups;
    new LogQueries(this, 'Queries', Object.values(ofFunctions));
    if (props.dashboard !== false) createDashboard(this, { ...props, alarms: this.alarms });
  }

  private watch(
    { mirror, starts, wholeStarts }: MonitoredMirror,
    index: number,
    props: MonitoringProps,
  ): readonly cloudwatch.IAlarm[] {
    const isKnown = props.successWithin ?? props.successBy ?? wholeStarts.some((start) => start !== undefined);
    const silence = isKnown ? silenceOf(props, wholeStarts) : undefined;
    // only at synthesis, because a schedule may be added before
    if (!isKnown) this.node.addValidation({ validate: () => [NO_STARTS] });
    else if (!silence) {
      Annotations.of(this).addWarningV2(
        'bucketsync:silence',
        'A mirror starts less often than once a week, and an alarm of CloudWatch looks back seven days at most: no alarm can tell that it has stopped working',
      );
    }
    return new MirrorAlarms(this, `Mirror${index}`, {
      ...{ mirror, starts, silence },
      ...{ alarmTopic: props.alarmTopic, runbookUrl: props.runbookUrl },
    }).alarms;
  }

  /** Step Functions counts executions itself, also those that never reached `FinishRun`. */
  private createFailed({ stateMachine, alarmTopic, runbookUrl }: MonitoringProps): cloudwatch.IAlarm {
    const period = Duration.minutes(5);
    const usingMetrics = {
      failed: stateMachine.metricFailed({ period }),
      timedOut: stateMachine.metricTimedOut({ period }),
      aborted: stateMachine.metricAborted({ period }),
    };
    const ended = new cloudwatch.MathExpression({
      expression: 'FILL(failed, 0) + FILL(timedOut, 0) + FILL(aborted, 0)',
      usingMetrics,
      period,
    });
    const alarm = ended.createAlarm(this, 'RunFailed', {
      alarmDescription: describeAlarm('RunFailed', 'An execution failed, ran out of time or was stopped', runbookUrl),
      ...ONCE_ABOVE,
      threshold: 0,
    });
    return notify(alarm, alarmTopic);
  }

  private createLost(queue: sqs.IQueue, index: number, { alarmTopic, runbookUrl }: MonitoringProps): cloudwatch.IAlarm {
    const waiting = queue.metricApproximateNumberOfMessagesVisible({ period: Duration.minutes(5) });
    const alarm = waiting.createAlarm(this, `StartsLost${index}`, {
      alarmDescription: describeAlarm(
        'StartsLost',
        'A scheduled start or a message could not be delivered, and is in the queue of dead letters',
        runbookUrl,
      ),
      ...ONCE_ABOVE,
      threshold: 0,
    });
    return notify(alarm, alarmTopic);
  }
}
