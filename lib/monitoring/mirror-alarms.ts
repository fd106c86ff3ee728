import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type * as sns from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import type { MetricName } from '../../statemachine/metrics';
import { type Starts, shortestPause } from '../schedule-starts';
import type { SyncMirror } from '../sync-mirror';
import { type AlarmName, describeAlarm } from './describe-alarm';
import { mirrorMetric, valueOfDimension } from './mirror-metrics';
import type { Silence } from './silence';

export interface MirrorAlarmsProps {
  readonly mirror: SyncMirror;
  readonly alarmTopic: sns.ITopic;
  readonly runbookUrl: string | undefined;
  /** Undefined: the mirror's schedules leave more time between runs than an alarm looks back. */
  readonly silence: Silence | undefined;
  /** Start times of the mirror's schedules. */
  readonly starts: readonly (Starts | undefined)[];
}

const MINUTE_SECONDS = 60;

/** Goes off after one period with a value above the threshold. A period in which nothing was measured is well. */
export const ONCE_ABOVE = {
  comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
  evaluationPeriods: 1,
  treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
};

/** What is wrong with one mirror. */
export class MirrorAlarms extends Construct {
  readonly alarms: readonly cloudwatch.IAlarm[];

  constructor(scope: Construct, id: string, props: MirrorAlarmsProps) {
    super(scope, id);
    const { silence } = props;
    this.alarms = [
      ...(silence ? [this.createSilence(silence, props)] : []),
      this.createCount('ObjectsFailed', 'Some objects could not be copied or deleted', props),
      this.createCount('ObjectsDrifted', 'After a run, objects differed from the source', props),
      this.createCount(
        'RunsGuarded',
        'A guard has refused a plan: too many deletes or overwrites, or too high a cost',
        props,
      ),
      ...this.createSlow(props),
    ];
  }

  /** An L1, because the L2 has no warm-up: without it, the alarm of a new stack goes off on its first evening. */
  private createSilence(silence: Silence, { mirror, alarmTopic, runbookUrl }: MirrorAlarmsProps): cloudwatch.IAlarm {
    const metric = mirrorMetric(mirror, 'RunSucceeded');
    const { periodSeconds, periods, clock } = silence;
    const alarm = new cloudwatch.CfnAlarm(this, 'NoSuccess', {
      alarmDescription: describeAlarm(
        'NoSuccess',
        `${valueOfDimension(mirror)} was not brought up to date ${silence.text}`,
        runbookUrl,
      ),
      namespace: metric.namespace,
      metricName: metric.metricName,
      dimensions: Object.entries(metric.dimensions ?? {}).map(([name, value]) => ({ name, value })),
      statistic: 'Sum',
      period: periodSeconds,
      evaluationPeriods: periods,
      datapointsToAlarm: periods,
      threshold: 1,
      comparisonOperator: cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD,
      treatMissingData: cloudwatch.TreatMissingData.BREACHING,
      ...(clock !== undefined && { evaluationWindow: { wallClockWindow: { timezone: clock } } }),
      warmUpConfiguration: { warmUpPeriodDurationInMinutes: (periodSeconds * periods) / MINUTE_SECONDS },
      alarmActions: [alarmTopic.topicArn],
      okActions: [alarmTopic.topicArn],
    });
    return cloudwatch.Alarm.fromAlarmArn(this, 'NoSuccessAlarm', alarm.attrArn);
  }

  private createCount(
    name: MetricName & AlarmName,
    meaning: string,
    { mirror, alarmTopic, runbookUrl }: MirrorAlarmsProps,
  ): cloudwatch.IAlarm {
    const alarm = mirrorMetric(mirror, name, { period: Duration.minutes(5) }).createAlarm(this, name, {
      alarmDescription: describeAlarm(name, `${meaning}: ${valueOfDimension(mirror)}`, runbookUrl),
      ...ONCE_ABOVE,
      threshold: 0,
    });
    return notify(alarm, alarmTopic);
  }

  /** Only if it is known how often the mirror starts. */
  private createSlow({ mirror, alarmTopic, starts, runbookUrl }: MirrorAlarmsProps): cloudwatch.IAlarm[] {
    const known = starts.filter((start) => start !== undefined);
    const minutes = known.length === 0 ? Number.POSITIVE_INFINITY : shortestPause(known);
    if (!Number.isFinite(minutes)) return [];
    const alarm = mirrorMetric(mirror, 'RunDuration', { period: Duration.minutes(5) }).createAlarm(this, 'RunSlow', {
      alarmDescription: describeAlarm(
        'RunSlow',
        `A run took longer than the ${minutes} minutes until the next start, which then fails: ${valueOfDimension(mirror)}`,
        runbookUrl,
      ),
      ...ONCE_ABOVE,
      threshold: minutes * MINUTE_SECONDS,
    });
    return [notify(alarm, alarmTopic)];
  }
}

/** When it goes off, and when it is over. */
export function notify(alarm: cloudwatch.Alarm, topic: sns.ITopic): cloudwatch.IAlarm {
  alarm.addAlarmAction(new SnsAction(topic));
  alarm.addOkAction(new SnsAction(topic));
  return alarm;
}
