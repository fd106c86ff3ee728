import type { Duration, TimeZone } from 'aws-cdk-lib';
import type * as sns from 'aws-cdk-lib/aws-sns';
import type { MetricSet } from '../../statemachine/metrics';

/** A time of the day at which each mirror must have been up to date within the last 24 hours. */
export interface SuccessBy {
  /** 0 to 23. */
  readonly hour: number;

  /**
   * 0 to 59, in steps of 5.
   *
   * @default 0
   */
  readonly minute?: number;

  /**
   * The clock. If it changes in summer, the alarm comes an hour later by the clock there, unless `hour` and `minute` are 0.
   *
   * @default UTC
   */
  readonly timeZone?: TimeZone;
}

/** How to learn that mirrors work, and that one has stopped working. */
export interface SyncMonitoring {
  /** Topic for the alarms: when one goes off, and when it is over. */
  readonly alarmTopic: sns.ITopic;

  /**
   * How long a mirror may be without a run that brings all of it up to date. At most seven days, as far as CloudWatch looks back.
   *
   * @default the longest time between two starts of the mirror's schedules, and two hours. A mirror without a schedule requires it
   */
  readonly successWithin?: Duration;

  /**
   * Instead of `successWithin`: the time of each day by which the mirror must have been up to date, however long ago its last run is.
   *
   * @default `successWithin` applies
   */
  readonly successBy?: SuccessBy;

  /**
   * Which metrics of each run to publish. docs/deploy.md says what they cost.
   *
   * @default essential: what the alarms need
   */
  readonly metrics?: MetricSet;

  /**
   * Address of a runbook, for the descriptions of the alarms. It has a section "Alarm NoSuccess", and one for each other alarm.
   *
   * @default the name of docs/runbook.md in the repository
   */
  readonly runbookUrl?: string;

  /**
   * Whether there is a dashboard. CloudWatch charges for each beyond the third one of an account.
   *
   * @default true
   */
  readonly dashboard?: boolean;
}
