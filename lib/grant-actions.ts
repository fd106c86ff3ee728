import { Token } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { literally } from '../permissions/policy-text';
import { type AllowedAction, BUCKET_ACTIONS, type LimitedAction } from '../permissions/sync-tasks';
import type { toLocation } from './sync-location';

/**
 * Written by hand, because `grantRead` and similar methods allow `s3:GetObject*`, `s3:GetBucket*` and `s3:List*`, which is far
 * more than is used. Listing is not limited to the folder: otherwise S3 answers 403 instead of 404 for a missing object.
 *
 * @param owner  account that must own the bucket, so that a bucket that another account has recreated is not used. A key
 * requires no such condition, because its ARN contains its account.
 */
export function grantActions(
  grantee: iam.IGrantable,
  allowed: readonly AllowedAction[],
  { bucket, prefix, encryptionKey }: ReturnType<typeof toLocation>,
  owner?: string,
): void {
  const conditions = { StringEquals: { 'aws:ResourceAccount': owner ?? bucket.env.account } };
  const actions = allowed.filter((action) => typeof action === 'string');
  const limited = allowed.filter((action) => typeof action !== 'string');
  const onKey = actions.filter((action) => action.startsWith('kms:'));
  const onBucket = actions.filter((action) => BUCKET_ACTIONS.has(action));
  const onObjects = actions.filter((action) => action.startsWith('s3:') && !BUCKET_ACTIONS.has(action));
  // a name that CloudFormation fills in stays as it is
  const folder = bucket.arnForObjects(`${Token.isUnresolved(prefix) ? prefix : literally(prefix)}*`);
  if (onBucket.length > 0) {
    iam.Grant.addToPrincipal({ grantee, actions: onBucket, resourceArns: [bucket.bucketArn], conditions });
  }
  if (onObjects.length > 0)
    iam.Grant.addToPrincipal({ grantee, actions: onObjects, resourceArns: [folder], conditions });
  for (const limit of limited) grantWithin(grantee, limit, folder, conditions);
  if (onKey.length > 0) encryptionKey?.grant(grantee, ...onKey);
}

function grantWithin(
  grantee: iam.IGrantable,
  { action, name, condition = {} }: LimitedAction,
  folder: string,
  { StringEquals }: { readonly StringEquals: Readonly<Record<string, string>> },
): void {
  const resource = name === undefined ? folder : `${folder}${name}*`;
  const conditions = { ...condition, StringEquals: { ...condition.StringEquals, ...StringEquals } };
  iam.Grant.addToPrincipal({ grantee, actions: [action], resourceArns: [resource], conditions });
}
