import type { Duration, RemovalPolicy, Size } from 'aws-cdk-lib';
import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as logs from 'aws-cdk-lib/aws-logs';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import type { LogLevel } from '../statemachine/log-levels';
import type { SyncMonitoring } from './monitoring/sync-monitoring';
import type { SyncEvents } from './sync-events';
import type { SyncMirror } from './sync-mirror';
import type { SyncNotifications } from './sync-notifications';

/** What to mirror, and how it is deployed. */
export interface BucketSyncProps {
  /** One or more pairs of a source and a destination. Each execution mirrors one of them. */
  readonly mirrors: SyncMirror[];

  /**
   * Bucket for reports, and for locks that may not be in a destination.
   *
   * @default a new bucket: encrypted, TLS only, not public, versioned. It stays when the stack is destroyed
   */
  readonly reportBucket?: s3.IBucket;

  /**
   * Key that encrypts `reportBucket`, if AWS does not manage the key.
   *
   * @default the bucket's `encryptionKey`. A bucket that you import by its name has none
   */
  readonly reportKey?: kms.IKey;

  /**
   * How long to keep the report of a run. Only for a new report bucket.
   *
   * @default 90 days
   */
  readonly reportRetention?: Duration;

  /**
   * Messages for people when an execution has ended.
   *
   * @default none
   */
  readonly notifications?: SyncNotifications;

  /**
   * Events for programs when a run begins and when it has ended: see docs/events.md.
   *
   * @default none
   */
  readonly events?: SyncEvents;

  /**
   * Metrics, alarms and a dashboard. With it, the construct tells that a mirror has stopped working.
   *
   * @default none
   */
  readonly monitoring?: SyncMonitoring;

  /**
   * VPC in which the functions run, for example one that a bucket policy requires with `aws:SourceVpce`. Without internet access it
   * requires endpoints for S3 and Step Functions: see docs/credentials.md.
   *
   * @default none: Lambda's own network
   */
  readonly vpc?: ec2.IVpc;

  /**
   * Subnets of `vpc`.
   *
   * @default private subnets, as CDK chooses them for functions
   */
  readonly vpcSubnets?: ec2.SubnetSelection;

  /**
   * Security groups of the functions in `vpc`.
   *
   * @default a new one that allows only connections to port 443
   */
  readonly securityGroups?: ec2.ISecurityGroup[];

  /**
   * Memory of the functions that copy and delete. Above 1,769 MiB they have a whole core, and cannot use more.
   *
   * @default 1792 MiB
   */
  readonly memory?: Size;

  /**
   * How long to keep the logs of the functions and of the state machine.
   *
   * @default one month
   */
  readonly logRetention?: logs.RetentionDays;

  /**
   * How much the functions write to their logs: `debug`, `info`, `warn` or `error`. Only `debug` writes keys of objects.
   *
   * @default info: about two lines for each Task
   */
  readonly logLevel?: LogLevel;

  /**
   * Key that encrypts the logs of the functions and of the state machine, in the stack's Region. The construct lets CloudWatch Logs use
   * it. The policy of an imported key must do so: see docs/deploy.md.
   *
   * @default keys of CloudWatch Logs
   */
  readonly logKey?: kms.IKey;

  /**
   * Key that encrypts the environment variables of the functions. They have the settings of the mirrors, and no secrets.
   *
   * @default a key that AWS manages
   */
  readonly environmentKey?: kms.IKey;

  /**
   * What happens to a new report bucket and to the logs when they leave the stack. A bucket can only be destroyed when it is empty.
   * The mirrored buckets never belong to the construct.
   *
   * @default the report bucket stays, and the logs are destroyed
   */
  readonly removalPolicy?: RemovalPolicy;

  /**
   * Name of the state machine.
   *
   * @default CloudFormation chooses one
   */
  readonly stateMachineName?: string;

  /**
   * Whether a destination uses or requires ACLs, so that copies and the lock must give its owner control. This allows
   * `s3:PutObjectAcl`. Mirrors whose input has `acl: 'bucket-owner-full-control'` are always allowed to.
   *
   * @default false
   */
  readonly acls?: boolean;

  /**
   * Whether X-Ray traces executions and functions.
   *
   * @default true
   */
  readonly tracing?: boolean;
}
