import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Duration, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import * as sns from 'aws-cdk-lib/aws-sns';
import { PRICES, PRICES_AS_OF } from '../../../lambdas/engine/cost/prices';
import { BucketSync } from '../../../lib';
import { METRIC_UNITS, metricsOf, RARE_METRICS } from '../../../statemachine/metrics';
import { createApp } from '../synthesize';

const PAGE = readFileSync(join(__dirname, '../../../docs/deploy.md'), 'utf8').replaceAll(/ +/g, ' ');

/** Metrics that alarms read, and alarms, of a construct with this many mirrors. */
function alarmsOf(mirrors: number): { readonly alarms: number; readonly metrics: number } {
  const stack = new Stack(createApp(), 'Stack');
  const bucket = (name: string) => ({ bucket: s3.Bucket.fromBucketName(stack, name, name) });
  new BucketSync(stack, 'Sync', {
    mirrors: Array.from({ length: mirrors }, (_, index) => ({
      source: bucket(`source-${index}`),
      destination: bucket(`destination-${index}`),
      schedules: [{ name: `nightly-${index}`, schedule: ScheduleExpression.rate(Duration.days(1)) }],
    })),
    monitoring: { alarmTopic: new sns.Topic(stack, 'Topic') },
  });
  const alarms = Object.values(Template.fromStack(stack).findResources('AWS::CloudWatch::Alarm'));
  const read = alarms.map(({ Properties: { Metrics = [{ MetricStat: {} }] } }) =>
    Metrics.filter(({ MetricStat }: { MetricStat?: object }) => MetricStat !== undefined),
  );
  return { alarms: alarms.length, metrics: read.flat().length };
}

/** Those that are not zero most of the time. */
const published = (set: 'essential' | 'all') =>
  metricsOf(set).filter((name) => !Object.hasOwn(RARE_METRICS, name)).length;
const usd = (amount: number) => `$${amount.toFixed(2)}`;

describe('the table of docs/deploy.md says what monitoring costs', () => {
  const [one, two] = [alarmsOf(1), alarmsOf(2)];
  const metrics = published('essential');

  it('for one mirror', () => {
    const price = metrics * PRICES.metricMonth + one.metrics * PRICES.alarmMetricMonth;
    expect(PAGE).toContain(`| one mirror with a schedule | ${metrics} metrics, ${one.alarms} alarms | ${usd(price)} |`);
  });

  it('for each further mirror', () => {
    const price = metrics * PRICES.metricMonth + (two.metrics - one.metrics) * PRICES.alarmMetricMonth;
    const more = two.alarms - one.alarms;
    expect(PAGE).toContain(
      `| each further mirror of a construct | ${metrics} metrics, ${more} alarms | ${usd(price)} |`,
    );
  });

  it('for all metrics', () => {
    const more = published('all') - metrics;
    expect(more + metrics + Object.keys(RARE_METRICS).length).toBe(Object.keys(METRIC_UNITS).length);
    expect(PAGE).toContain(
      `| \`metrics: all\` | ${more} more metrics of each mirror | ${usd(more * PRICES.metricMonth)} |`,
    );
  });

  it('for a dashboard, and for each metric, alarm and log line', () => {
    expect(PAGE).toContain(`the first three of an account | ${usd(PRICES.dashboardMonth)} |`);
    expect(PAGE).toContain(
      `A metric costs ${usd(PRICES.metricMonth)} and an alarm ${usd(PRICES.alarmMetricMonth)} for each metric that it reads`,
    );
    expect(PAGE).toContain(`at ${usd(PRICES.logGib)} a GB`);
    expect(PAGE).toContain(`at the list prices of ${PRICES_AS_OF} in us-east-1`);
  });
});
