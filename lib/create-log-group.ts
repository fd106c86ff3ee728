import { ArnFormat, Aws, RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import * as logs from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';

/** How the logs of a construct are kept. */
export interface LogSettings {
  /** How long to keep the logs. */
  readonly logRetention: logs.RetentionDays;

  /**
   * Key that encrypts the logs. It must let CloudWatch Logs use it: see `letLogsUse`.
   *
   * @default keys of CloudWatch Logs
   */
  readonly logKey?: kms.IKey;

  /**
   * What happens to the logs when they leave the stack.
   *
   * @default they are destroyed
   */
  readonly removalPolicy?: RemovalPolicy;
}

/** @param logGroupName  undefined: CloudFormation chooses one */
export function createLogGroup(
  scope: Construct,
  id: string,
  { logRetention, logKey, removalPolicy = RemovalPolicy.DESTROY }: LogSettings,
  logGroupName?: string,
): logs.LogGroup {
  return new logs.LogGroup(scope, id, {
    ...(logGroupName !== undefined && { logGroupName }),
    ...(logKey && { encryptionKey: logKey }),
    retention: logRetention,
    removalPolicy,
  });
}

/**
 * Lets CloudWatch Logs encrypt the logs of this account and Region with a key. CDK does not do it for a log group. A key that was
 * imported stays as it is.
 *
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
 */
export function letLogsUse(key: kms.IKey, scope: Construct): void {
  const stack = Stack.of(scope);
  const groups = stack.formatArn({
    service: 'logs',
    resource: 'log-group',
    resourceName: '*',
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
  key.addToResourcePolicy(
    new iam.PolicyStatement({
      principals: [new iam.ServicePrincipal(`logs.${stack.region}.${Aws.URL_SUFFIX}`)],
      actions: ['kms:Encrypt*', 'kms:Decrypt*', 'kms:ReEncrypt*', 'kms:GenerateDataKey*', 'kms:Describe*'],
      resources: ['*'],
      conditions: { ArnLike: { 'kms:EncryptionContext:aws:logs:arn': groups } },
    }),
  );
}
