import { Token } from 'aws-cdk-lib';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import { InvalidInputError } from '../statemachine/errors';
import { BucketSyncBase, type Reports } from './bucket-sync-base';

/** What is known of a state machine that another app or stack has deployed. */
export interface BucketSyncAttributes {
  /** ARN of the state machine. */
  readonly stateMachineArn: string;

  /**
   * Its report bucket.
   *
   * @default unknown: `grantRead` allows no reports
   */
  readonly reportBucket?: s3.IBucket;

  /**
   * Key that encrypts `reportBucket`, if AWS does not manage the key.
   *
   * @default the bucket's `encryptionKey`
   */
  readonly reportKey?: kms.IKey;
}

/** Metrics and permissions of a state machine that is deployed elsewhere. */
export class ImportedBucketSync extends BucketSyncBase {
  readonly stateMachine: sfn.IStateMachine;
  /** @internal */
  protected readonly _reports: Reports | undefined;

  constructor(scope: Construct, id: string, { stateMachineArn, reportBucket, reportKey }: BucketSyncAttributes) {
    super(scope, id);
    refuseStrangeArn(stateMachineArn);
    this.stateMachine = sfn.StateMachine.fromStateMachineArn(this, 'StateMachine', stateMachineArn);
    const encryptionKey = reportKey ?? reportBucket?.encryptionKey;
    this._reports = reportBucket && { bucket: reportBucket, encryptionKey };
  }

  /** @internal */
  protected _nameOfMirror(): string {
    throw new InvalidInputError(
      `Expected \`mirrorName\`, the place that a mirror of ${this.node.path} writes to, such as "s3://my-production/site", ` +
        'because an imported state machine does not tell its mirrors, got none',
    );
  }
}

/** The ARN of an execution or a version looks much the same, and permissions on it would be worth nothing. */
function refuseStrangeArn(arn: string): void {
  if (Token.isUnresolved(arn) || /^arn:[\w-]+:states:[\w-]+:\d{12}:stateMachine:[^:/]+$/.test(arn)) return;
  throw new InvalidInputError(
    `Expected \`stateMachineArn\` to be like arn:aws:states:eu-central-1:111122223333:stateMachine:NAME, got "${arn}"`,
  );
}
