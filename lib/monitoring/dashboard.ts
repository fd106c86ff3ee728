import { Duration, Stack } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import type { MetricName } from '../../statemachine/metrics';
import { shortestPause } from '../schedule-starts';
import type { SyncMirror } from '../sync-mirror';
import { mirrorMetric, valueOfDimension } from './mirror-metrics';
import type { MonitoredMirror, MonitoringProps } from './monitoring-props';

interface DashboardProps extends MonitoringProps {
  readonly alarms: readonly cloudwatch.IAlarm[];
}

const WIDTH = 24;

/** Alarms, what the last runs did, how long they took, and where to look further. */
export function createDashboard(scope: Construct, props: DashboardProps): cloudwatch.Dashboard {
  const { mirrors, alarms, functions } = props;
  return new cloudwatch.Dashboard(scope, 'Dashboard', {
    defaultInterval: Duration.days(14),
    widgets: [
      [
        new cloudwatch.AlarmStatusWidget({ title: 'Alarms', alarms: [...alarms], width: WIDTH / 2, height: 6 }),
        new cloudwatch.TextWidget({ markdown: describePlaces(scope, props), width: WIDTH / 2, height: 6 }),
      ],
      ...mirrors.map(rowOf),
      [
        graph('Errors of the functions', Object.values(functions).map(errorsOf)),
        graph('Throttles of the functions', Object.values(functions).map(throttlesOf)),
      ],
    ],
  });
}

function rowOf({ mirror, starts }: MonitoredMirror): cloudwatch.IWidget[] {
  const known = starts.filter((start) => start !== undefined);
  const seconds = known.length === 0 ? Number.POSITIVE_INFINITY : shortestPause(known) * 60;
  const name = valueOfDimension(mirror);
  const metrics = (names: readonly MetricName[]) => names.map((each) => mirrorMetric(mirror, each, { label: each }));
  return [
    new cloudwatch.SingleValueWidget({
      title: `${name}: successes`,
      metrics: [
        ageOfSuccess(mirror),
        mirrorMetric(mirror, 'RunSucceeded', { period: Duration.days(1), label: 'successes in a day' }),
      ],
      sparkline: true,
      width: WIDTH / 4,
      height: 6,
    }),
    new cloudwatch.GraphWidget({
      title: `${name}: objects`,
      left: metrics(['ObjectsCopied', 'ObjectsDeleted', 'ObjectsFailed']),
      width: WIDTH / 4,
      height: 6,
    }),
    new cloudwatch.GraphWidget({
      title: `${name}: bytes`,
      left: metrics(['BytesCopied']),
      width: WIDTH / 4,
      height: 6,
    }),
    new cloudwatch.GraphWidget({
      title: `${name}: seconds`,
      left: metrics(['RunDuration']),
      ...(Number.isFinite(seconds) && { leftAnnotations: [{ value: seconds, label: 'next start' }] }),
      width: WIDTH / 4,
      height: 6,
    }),
  ];
}

/**
 * CloudWatch has no metric of an age. But `EPOCH` gives a value for each period, also for those without data, and `FILL` repeats the
 * last value: the time of the last success. Without any success in the dashboard's range there is no value.
 *
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html#metric-math-syntax-functions-list
 */
function ageOfSuccess(mirror: SyncMirror): cloudwatch.MathExpression {
  const period = Duration.hours(1);
  return new cloudwatch.MathExpression({
    expression: '(EPOCH(success) - FILL(IF(success > 0, EPOCH(success)), REPEAT)) / 3600',
    usingMetrics: { success: mirrorMetric(mirror, 'RunSucceeded', { period }) },
    label: 'hours since the last one',
    period,
  });
}

function graph(title: string, left: cloudwatch.IMetric[]): cloudwatch.GraphWidget {
  return new cloudwatch.GraphWidget({ title, left, width: WIDTH / 2, height: 6 });
}

function errorsOf(handler: IFunction): cloudwatch.Metric {
  return handler.metricErrors();
}

function throttlesOf(handler: IFunction): cloudwatch.Metric {
  return handler.metricThrottles();
}

function describePlaces(scope: Construct, { stateMachine, reportBucket, runbookUrl }: DashboardProps): string {
  const { region } = Stack.of(scope);
  const console = `https://${region}.console.aws.amazon.com`;
  return [
    '# bucketsync',
    `- [Runs](${console}/states/home?region=${region}#/statemachines/view/${stateMachine.stateMachineArn})`,
    `- [Reports](${console}/s3/buckets/${reportBucket.bucketName}?prefix=runs/)`,
    runbookUrl === undefined ? '- Runbook: docs/runbook.md' : `- [Runbook](${runbookUrl})`,
    '',
    'If the hours since the last success are empty, there was no success in the time shown. `bucketsync doctor` shows the last one.',
  ].join('\n');
}
