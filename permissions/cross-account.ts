import { dnsSuffixOf } from '../statemachine/partition';
import { RESERVED_FOLDER } from '../statemachine/reserved-folder';
import { literally } from './policy-text';
import { BUCKET_ACTIONS, nameOfAction, SYNC_TASKS, type SyncTask, WRITE_ACL } from './sync-tasks';

/** One side of a mirror whose owner has to allow something. */
export interface MirroredBucket {
  readonly bucket: string;
  /** Mirrored folder, with its trailing slash. Empty: the whole bucket. */
  readonly prefix: string;
  /** Account that owns the bucket, 12 digits. */
  readonly account: string;
  /** Region of the bucket, such as `eu-central-1`. */
  readonly region: string;
  /** ARN of the KMS key that encrypts the bucket's objects. The key's own policy must allow its use. */
  readonly keyArn?: string;
}

export interface CrossAccountRequest {
  readonly source: MirroredBucket;
  readonly destination: MirroredBucket;
  /** Account in which bucketsync is deployed, 12 digits. */
  readonly account: string;
  /** Name of bucketsync's stack. The names of its roles begin with it. */
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
   * Whether bucketsync restores archived objects of the source (`archived: "restore"`).
   *
   * @default false
   */
  readonly restores?: boolean;
  /**
   * Whether runs can be undone (`undoable: true`).
   *
   * @default false
   */
  readonly undoable?: boolean;
}

/** A policy to paste, and where. */
export interface CrossAccountPolicy {
  readonly kind: 'bucket' | 'key';
  readonly side: 'source' | 'destination';
  /** Name of its bucket or ARN of its key. */
  readonly resource: string;
  /** Account in which to set it. */
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
 * The policies that allow a deployed bucketsync to use buckets and keys of other accounts. Buckets and keys of its own
 * account require none, because its roles' policies are enough.
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

/** The lock is at the root of the bucket, even if only a folder is mirrored. */
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

/** Statements to add to the key's policy. Existing statements stay. */
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
        Resource: '*', // in a key's own policy, `*` means this key
        Condition: { ...Condition, ...viaS3 },
      },
    ],
  };
}

/** What any of the functions may do on that side. The policy of each role limits its function further. */
function listActions(side: 'source' | 'destination', { acls, restores, undoable }: CrossAccountRequest): string[] {
  const ofTask = (task: SyncTask) =>
    side === 'source'
      ? [...task.source, ...((restores && task.sourceToRestore) || [])]
      : [...task.destination, ...((undoable && task.destinationToUndo) || []), ...task.destinationLock];
  const actions = new Set(SYNC_TASKS.flatMap((task) => ofTask(task).map(nameOfAction)));
  if (!acls) actions.delete(WRITE_ACL);
  return [...actions].sort();
}

/** A pattern of names, so that the policy also applies before the roles exist and after they are recreated. */
function allowRoles(request: CrossAccountRequest): Pick<PolicyStatement, 'Effect' | 'Principal' | 'Condition'> {
  const account = `arn:${partitionOf(request)}:iam::${request.account}`;
  return {
    Effect: 'Allow',
    Principal: { AWS: `${account}:root` },
    Condition: { ArnLike: { 'aws:PrincipalArn': `${account}:role/${rolePattern(request.stackName)}` } },
  };
}

/** CloudFormation puts only the beginning of a long stack name into the name of a role. */
const STACK_NAME_KEPT = 20;

function rolePattern(stackName: string): string {
  return stackName.length > STACK_NAME_KEPT ? `${stackName.slice(0, STACK_NAME_KEPT)}*` : `${stackName}-*`;
}

function partitionOf({ partition = 'aws' }: CrossAccountRequest): string {
  return partition;
}
