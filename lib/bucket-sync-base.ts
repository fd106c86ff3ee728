import { ArnFormat, Stack, Token } from 'aws-cdk-lib';
import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import type * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct, type IConstruct } from 'constructs';
import { InvalidInputError } from '../statemachine/errors';
import { METRIC_UNITS, type MetricName } from '../statemachine/metrics';
import { nameMirror } from '../wording/name-mirror';
import { parseS3Url } from '../wording/s3-url';
import { createMetric, type MirrorMetricOptions } from './monitoring/mirror-metrics';

/** A state machine that mirrors S3 buckets, of this app or imported. */
export interface IBucketSync extends IConstruct {
  /** The state machine. */
  readonly stateMachine: sfn.IStateMachine;

  /** Any metric of the runs of a mirror, by its name in CloudWatch. They are published only with `monitoring`. */
  metric(name: string, options?: MirrorMetricOptions): cloudwatch.Metric;

  /** 1 for each run that brought all of a mirror up to date. */
  metricRunSucceeded(options?: MirrorMetricOptions): cloudwatch.Metric;

  /** Seconds that runs took. */
  metricRunDuration(options?: MirrorMetricOptions): cloudwatch.Metric;

  /** Objects that runs have copied. */
  metricObjectsCopied(options?: MirrorMetricOptions): cloudwatch.Metric;

  /** Bytes of the objects that runs have copied. */
  metricBytesCopied(options?: MirrorMetricOptions): cloudwatch.Metric;

  /** Objects that runs have deleted at the destination. */
  metricObjectsDeleted(options?: MirrorMetricOptions): cloudwatch.Metric;

  /** Objects that runs could not copy or delete. */
  metricObjectsFailed(options?: MirrorMetricOptions): cloudwatch.Metric;

  /** Allows to start executions. What they may do is limited by the deployment, not by who starts them. */
  grantStart(grantee: iam.IGrantable): iam.Grant;

  /** Allows to list and follow executions, and to read their reports if the report bucket is known. */
  grantRead(grantee: iam.IGrantable): iam.Grant;

  /** Allows to stop executions. */
  grantStop(grantee: iam.IGrantable): iam.Grant;
}

/** Where the reports are, if it is known. */
export interface Reports {
  readonly bucket: s3.IBucket;
  readonly encryptionKey: kms.IKey | undefined;
}

/**
 * What is the same for a state machine of this app and for an imported one.
 *
 * @internal
 */
export abstract class BucketSyncBase extends Construct implements IBucketSync {
  abstract readonly stateMachine: sfn.IStateMachine;
  /** @internal */
  protected abstract readonly _reports: Reports | undefined;

  metricRunSucceeded(options?: MirrorMetricOptions): cloudwatch.Metric {
    return this.metric('RunSucceeded', options);
  }

  metricRunDuration(options?: MirrorMetricOptions): cloudwatch.Metric {
    return this.metric('RunDuration', options);
  }

  metricObjectsCopied(options?: MirrorMetricOptions): cloudwatch.Metric {
    return this.metric('ObjectsCopied', options);
  }

  metricBytesCopied(options?: MirrorMetricOptions): cloudwatch.Metric {
    return this.metric('BytesCopied', options);
  }

  metricObjectsDeleted(options?: MirrorMetricOptions): cloudwatch.Metric {
    return this.metric('ObjectsDeleted', options);
  }

  metricObjectsFailed(options?: MirrorMetricOptions): cloudwatch.Metric {
    return this.metric('ObjectsFailed', options);
  }

  /** @throws InvalidInputError  there is no such metric, or no such mirror */
  metric(name: string, { mirror, mirrorName, ...options }: MirrorMetricOptions = {}): cloudwatch.Metric {
    if (!isMetricName(name)) {
      throw new InvalidInputError(`Expected one of the metrics ${Object.keys(METRIC_UNITS).join(', ')}, got "${name}"`);
    }
    if (mirror !== undefined && mirrorName !== undefined) {
      throw new InvalidInputError(`Expected \`mirror\` or \`mirrorName\`, got both, ${mirror} and "${mirrorName}"`);
    }
    const place = mirrorName === undefined ? this._nameOfMirror(mirror ?? 0) : readMirrorName(mirrorName);
    if (mirrorName !== undefined) this._refuseStrangeName(place);
    const { account, region } = this.stateMachine.env;
    return createMetric(place, name, {
      ...(!Token.isUnresolved(account) && { account }),
      ...(!Token.isUnresolved(region) && { region }),
      ...options,
    });
  }

  grantStart(grantee: iam.IGrantable): iam.Grant {
    return this.stateMachine.grantStartExecution(grantee);
  }

  grantRead(grantee: iam.IGrantable): iam.Grant {
    const { stateMachineArn } = this.stateMachine;
    const grants = [
      allow(grantee, ['states:ListExecutions'], stateMachineArn),
      allow(grantee, ['states:DescribeExecution', 'states:GetExecutionHistory'], this.#arnOf('execution', ':*')),
      allow(grantee, ['states:DescribeMapRun'], this.#arnOf('mapRun', '/*:*')),
    ];
    if (!this._reports) return combine(grants);
    const { bucket, encryptionKey } = this._reports;
    const key = encryptionKey ? [encryptionKey.grantDecrypt(grantee)] : [];
    return combine([
      ...grants,
      allow(grantee, ['s3:ListBucket'], bucket.bucketArn),
      allow(grantee, ['s3:GetObject'], bucket.arnForObjects('runs/*')),
      ...key,
    ]);
  }

  grantStop(grantee: iam.IGrantable): iam.Grant {
    return allow(grantee, ['states:StopExecution', 'states:DescribeExecution'], this.#arnOf('execution', ':*'));
  }

  /**
   * @throws InvalidInputError  there is no mirror of this number
   * @internal
   */
  protected abstract _nameOfMirror(index: number): string;

  /**
   * @throws InvalidInputError  no mirror has this name, so its metrics would never have a value
   * @internal
   */
  protected _refuseStrangeName(_name: string): void {}

  /** Executions have their names in ARNs beside that of the state machine. */
  #arnOf(resource: string, end: string): string {
    const stack = Stack.of(this);
    const parts = stack.splitArn(this.stateMachine.stateMachineArn, ArnFormat.COLON_RESOURCE_NAME);
    return stack.formatArn({ ...parts, resource, resourceName: `${parts.resourceName}${end}` });
  }
}

function allow(grantee: iam.IGrantable, actions: string[], resource: string): iam.Grant {
  return iam.Grant.addToPrincipal({ grantee, actions, resourceArns: [resource] });
}

function combine([first, ...others]: iam.Grant[]): iam.Grant {
  if (!first) throw new Error('Expected a grant');
  return others.reduce((all, grant) => all.combine(grant), first);
}

function isMetricName(name: string): name is MetricName {
  return Object.hasOwn(METRIC_UNITS, name);
}

/** As CloudWatch shows it, or as somebody writes it: with a slash at the end, and with spaces and umlauts. */
function readMirrorName(name: string): string {
  if (Token.isUnresolved(name)) return name;
  const { bucket, prefix } = parseS3Url(decode(name));
  return nameMirror({ destination: bucket, destinationPrefix: prefix });
}

function decode(name: string): string {
  try {
    return decodeURI(name);
  } catch {
    return name;
  }
}
