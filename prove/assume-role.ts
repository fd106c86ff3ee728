import { setTimeout } from 'node:timers/promises';
import { partitionOf } from '../statemachine/partition';
import { AwsCallError, callQuery, elementOf } from './aws-call';
import type { Credentials } from './clients';
import type { Lab } from './lab';

/** How long to wait until every part of IAM knows a new role. */
const LONGEST_WAIT_MS = 60_000;
const PAUSE_MS = 2_000;
const SESSION_SECONDS = '900';

export interface Statement {
  readonly Effect: 'Allow' | 'Deny';
  readonly Action: string | readonly string[];
  readonly Resource: string | readonly string[];
  readonly Condition?: object;
}

export function policyOf(Statement: readonly (Statement | object)[]): string {
  return JSON.stringify({ Version: '2012-10-17', Statement });
}

/** Makes the role of a proof, which may do everything with the buckets of the proof. @returns its ARN */
export async function makeRole(lab: Lab): Promise<string> {
  const { name, signing, region } = lab;
  const account = lab.journal.head.account ?? '';
  const partition = partitionOf(region);
  const trust = {
    Effect: 'Allow',
    Principal: { AWS: `arn:${partition}:iam::${account}:root` },
    Action: 'sts:AssumeRole',
  };
  const created = await lab.make({ kind: 'role', name, region }, () =>
    callQuery(signing, 'iam', 'CreateRole', {
      RoleName: name,
      AssumeRolePolicyDocument: policyOf([trust]),
      Description: 'Made by bucketsync prove; may be deleted',
      'Tags.member.1.Key': 'bucketsync-prove',
      'Tags.member.1.Value': name,
    }),
  );
  const buckets = `arn:${partition}:s3:::${name}-*`;
  const allowed: Statement = { Effect: 'Allow', Action: 's3:*', Resource: buckets };
  const parameters = { RoleName: name, PolicyName: 'buckets', PolicyDocument: policyOf([allowed]) };
  await callQuery(signing, 'iam', 'PutRolePolicy', parameters);
  return elementOf(created, 'Arn') ?? '';
}

/**
 * Credentials of the role, limited by a session policy that denies some actions.
 *
 * @throws AwsCallError  also if IAM does not know the role within a minute
 */
export async function assumeRole(lab: Lab, roleArn: string, denied: readonly Statement[]): Promise<Credentials> {
  const everything: Statement = { Effect: 'Allow', Action: 's3:*', Resource: '*' };
  const parameters = {
    RoleArn: roleArn,
    RoleSessionName: 'bucketsync-prove',
    DurationSeconds: SESSION_SECONDS,
    Policy: policyOf([everything, ...denied]),
  };
  const deadline = Date.now() + LONGEST_WAIT_MS;
  for (;;) {
    try {
      return readCredentials(await callQuery(lab.signing, 'sts', 'AssumeRole', parameters));
    } catch (error) {
      const mayPass = error instanceof AwsCallError && error.code === 'AccessDenied' && Date.now() < deadline;
      if (!mayPass) throw error;
      await setTimeout(PAUSE_MS);
    }
  }
}

function readCredentials(xml: string): Credentials {
  return {
    accessKeyId: elementOf(xml, 'AccessKeyId') ?? '',
    secretAccessKey: elementOf(xml, 'SecretAccessKey') ?? '',
    sessionToken: elementOf(xml, 'SessionToken') ?? '',
  };
}
