import type { Size } from 'aws-cdk-lib';
import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import type { LogLevel } from '../statemachine/log-levels';
import type { MetricSet } from '../statemachine/metrics';
import type { SettingsByTask } from './announcements';
import type { LogSettings } from './create-log-group';
import type { SyncMirror } from './sync-mirror';

export interface SyncFunctionsProps extends LogSettings {
  /** Pairs of a source and a destination. */
  readonly mirrors: readonly SyncMirror[];

  /** Bucket for reports and locks. */
  readonly reportBucket: s3.IBucket;

  /**
   * Key that encrypts `reportBucket`.
   *
   * @default the bucket's `encryptionKey`
   */
  readonly reportKey?: kms.IKey;

  /** See `BucketSyncProps`. */
  readonly vpc?: ec2.IVpc;
  readonly vpcSubnets?: ec2.SubnetSelection;
  readonly securityGroups?: readonly ec2.ISecurityGroup[];

  /** Which metrics of each run to publish; undefined: none. */
  readonly metrics?: MetricSet | undefined;

  /** More settings of functions. */
  readonly settings?: SettingsByTask;

  /**
   * How much the functions write to their logs.
   *
   * @default info
   */
  readonly logLevel?: LogLevel;

  /** Key that encrypts the environment variables. */
  readonly environmentKey?: kms.IKey;

  /**
   * Memory of the functions that copy and delete.
   *
   * @default 1792 MiB
   */
  readonly memory?: Size;

  /**
   * Whether a destination uses ACLs, so that copies must give its owner control. Allows CopyRange to use `s3:PutObjectAcl`.
   *
   * @default false
   */
  readonly acls?: boolean;

  /**
   * Whether X-Ray traces the functions.
   *
   * @default true
   */
  readonly tracing?: boolean;
}
