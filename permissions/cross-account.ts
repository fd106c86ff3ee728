import { dnsSuffixOf } from '../statemachine/partition';
import { RESERVED_FOLDER } from '../statemachine/reserved-folder';
import { literally } from './policy-text';
import { BUCKET_ACTIONS, nameOfAction, SYNC_TASKS, type SyncTask, WRITE_ACL } from './sync-tasks';

/** One side of a mirror, as far as its owner has to allow something. */
export interface MirroredBucket {
  readonly bucket: string;
  /** Folder that is mirrored, with its trailing slash; empty: the whole bucket. */
  readonly prefix: string;
  /** Account that owns the bucket, 12 digits. */
  readonly account: string;
  /** Where the bucket is, such as `eu-central-1`. */
  readonly region: string;
  /** ARN of the KMS key that encrypts the bucket's objects; its account's own policy has to allow its use. */
  readonly keyArn?: string;
}

export interface CrossAccountRequest {
  readonly source: MirroredBucket;
  readonly destination: MirroredBucket;
  /** Account that bucketsync is deployed in, 12 digits. */
  readonly account: string;
  /** Name of bucketsync's stack: the names of its roles begin with it. */
  readonly stackName: string;
  /**
   * `aws`, `aws-cn` or `aws-us-gov`.
   *
   * @default aws
   */
  readonly partition?: string;
  /**
   * Whether bucketsync is deployed with `acls: true`, for a destination that uses ACLs.
   *
   * @default false
   */
  readonly acls?: boolean;
  /**
   * Whether bucketsync restores what is archived at the source, by `archived: "restore"`.
   *
   * @default false
   */
  readonly restores?: boolean;
}

/** A policy that somebody has to paste, and where. */
export interface CrossAccountPolicy {
  readonly kind: 'bucket' | 'key';
  readonly side: 'source' | 'destination';
  /** Name of the bucket or ARN of the key that it belongs to. */
  readonly resource: string;
  /** Account in which it is set. */
  readonly account: string;
  readonly document: PolicyDocument;
}

export interface PolicyDocument {
  readonly Version: '2012-10-17';
  readonly Statement: readonly PolicyStatement[];
}

export interface PolicyStatement {
  readonly Sid: string;
  readonly Effect: 'Allow';
  readonly Principal: { readonly AWS: string };
  readonly Action: readonly string[];
  readonly Resource: string;
  readonly Condition: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/**
 * The policies that let a deployed bucketsync use buckets and keys of other accounts: of those that belong to its own
 * account none, because there its roles' policies are enough.
 */
export function listCrossAccountPolicies(request: CrossAccountRequest): CrossAccountPolicy[] {
  return (['source', 'destination'] as const).flatMap((side) => {
    const { bucket, account, keyArn } = request[side];
    const policies: CrossAccountPolicy[] = [];
    if (account !== request.account) {
      policies.push({ kind: 'bucket', side, resource: bucket, account, document: bucketPolicy(side, request) });
    }
    const keyAccount = keyArn?.split(':')[4];
    if (keyArn !== undefined && keyAccount !== undefined && keyAccount !== request.account) {
      policies.push({ kind: 'key', side, resource: keyArn, account: keyAccount, document: keyPolicy(side, request) });
    }
    return policies;
  });
}

function bucketPolicy(side: 'source' | 'destination', request: CrossAccountRequest): PolicyDocument {
  const { bucket, prefix } = request[side];
  const bucketArn = `arn:${partitionOf(request)}:s3:::${bucket}`;
  const actions = listActions(side, request).filter((action) => action.startsWith('s3:'));
  return {
    Version: '2012-10-17',
    Statement: [
      {
        Sid: 'BucketsyncList',
        ...allowRoles(request),
        Action: actions.filter((action) => BUCKET_ACTIONS.has(action)),
        Resource: bucketArn,
      },
      {
        Sid: side === 'source' ? 'BucketsyncRead' : 'BucketsyncWrite',
        ...allowRoles(request),
        Action: actions.filter((action) => !BUCKET_ACTIONS.has(action)),
        Resource: `${bucketArn}/${literally(prefix)}*`,
      },
      ...(side === 'destination' ? [lockStatement(bucketArn, request)] : []),
    ],
  };
}

/** The lock is at the root of the bucket, whatever folder is mirrored. */
function lockStatement(bucketArn: string, request: CrossAccountRequest): PolicyStatement {
  const all = new Set(SYNC_TASKS.flatMap((task) => task.destinationLock.map(nameOfAction)));
  if (!request.acls) all.delete(WRITE_ACL);
  const actions = [...all].sort();
  return {
    Sid: 'BucketsyncLock',
    ...allowRoles(request),
    Action: actions.filter((action) => action.startsWith('s3:') && !BUCKET_ACTIONS.has(action)),
    Resource: `${bucketArn}/${RESERVED_FOLDER}*`,
  };
}

/** Statements to add to the key's policy: it replaces nothing that is there. */
function keyPolicy(side: 'source' | 'destination', request: CrossAccountRequest): PolicyDocument {
  const { Condition, ...allow } = allowRoles(request);
  const suffix = dnsSuffixOf(partitionOf(request));
  const viaS3 = { StringEquals: { 'kms:ViaService': `s3.${request[side].region}.${suffix}` } };
  return {
    Version: '2012-10-17',
    Statement: [
      {
        Sid: side === 'source' ? 'BucketsyncDecrypt' : 'BucketsyncEncrypt',
        ...allow,
        Action: listActions(side, request).filter((action) => action.startsWith('kms:')),
        Resource: '*', // in a key's own policy: this key
        Condition: { ...Condition, ...viaS3 },
      },
    ],
  };
}

/** What any of the functions may do on that side; each is held within its limits by its role's own policy. */
function listActions(side: 'source' | 'destination', { acls, restores }: CrossAccountRequest): string[] {
  const ofTask = (task: SyncTask) =>
    side === 'source'
      ? [...task.source, ...((restores && task.sourceToRestore) || [])]
      : [...task.destination, ...task.destinationLock];
  const actions = new Set(SYNC_TASKS.flatMap((task) => ofTask(task).map(nameOfAction)));
  if (!acls) actions.delete(WRITE_ACL);
  return [...actions].sort();
}

/** By a pattern of names, so that the policy holds before the roles exist and after they are made anew. */
function allowRoles(request: CrossAccountRequest): Pick<PolicyStatement, 'Effect' | 'Principal' | 'Condition'> {
  const account = `arn:${partitionOf(request)}:iam::${request.account}`;
  return {
    Effect: 'Allow',
    Principal: { AWS: `${account}:root` },
    Condition: { ArnLike: { 'aws:PrincipalArn': `${account}:role/${rolePattern(request.stackName)}` } },
  };
}

/** Of a long stack name, CloudFormation puts only the beginning into the name of a role. */
const STACK_NAME_KEPT = 20;

function rolePattern(stackName: string): string {
  return stackName.length > STACK_NAME_KEPT ? `${stackName.slice(0, STACK_NAME_KEPT)}*` : `${stackName}-*`;
}

function partitionOf({ partition = 'aws' }: CrossAccountRequest): string {
  return partition;
}
