import { Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import { type AllowedAction, nameOfAction, type SyncTask, WRITE_ACL } from '../permissions/sync-tasks';
import { RESERVED_FOLDER } from '../statemachine/reserved-folder';
import { grantActions } from './grant-actions';
import type { MirrorSetting } from './mirror-setting';
import type { SyncFunctionsProps } from './sync-functions-props';
import { toLocation } from './sync-location';
import type { SyncMirror } from './sync-mirror';
import { grantCredentials, isReachedByRoles, sideSettings } from './sync-side';
import { toSetting } from './to-setting';

type Grants = Pick<SyncFunctionsProps, 'mirrors' | 'reportBucket' | 'reportKey' | 'acls'>;

/** Allows a function what its Task requires in the buckets of all mirrors, and no more. */
export function grantTask(handler: lambda.Function, task: SyncTask, props: Grants): void {
  for (const mirror of props.mirrors) grantMirror(handler, task, mirror, props.acls === true);
  const isTold = props.mirrors.some(({ input }) => input?.invalidate !== undefined);
  if (task.toInvalidate && isTold) grantInvalidations(handler, task.toInvalidate, props);
  grantReports(handler, task, props);
}

function grantMirror(handler: lambda.Function, task: SyncTask, mirror: SyncMirror, acls: boolean): void {
  const { sourceOwner, destinationOwner, ...setting } = toSetting(mirror);
  const allowed = actionsOf(task, setting, { acls, undoable: mirror.undoable === true });
  const [from, to] = [toLocation(mirror.source), toLocation(mirror.destination)];
  if (isReachedByRoles(from)) grantActions(handler, allowed.source, from, sourceOwner);
  else if (allowed.source.length > 0) grantCredentials(handler, from);
  if (isReachedByRoles(to)) {
    grantActions(handler, allowed.destination, to, destinationOwner);
    grantActions(handler, allowed.lock, { ...to, prefix: RESERVED_FOLDER }, destinationOwner);
  } else if (allowed.destination.length + allowed.lock.length > 0) grantCredentials(handler, to);
}

/** Adds permissions that only some mirrors require. @param deployed  `acls`: whether the deployment allows ACLs on all copies */
function actionsOf(
  task: SyncTask,
  { mayOverride = [], ...setting }: MirrorSetting,
  { acls, undoable }: { readonly acls: boolean; readonly undoable: boolean },
) {
  const restores = setting.archived === 'restore' || mayOverride.includes('archived');
  const setsAcls = acls || setting.acl === 'bucket-owner-full-control' || mayOverride.includes('acl');
  const needed = (allowed: AllowedAction) => setsAcls || nameOfAction(allowed) !== WRITE_ACL;
  return {
    source: [...task.source, ...((restores && task.sourceToRestore) || [])],
    destination: [...task.destination.filter(needed), ...((undoable && task.destinationToUndo) || [])],
    lock: task.destinationLock.filter(needed),
  };
}

/** In each folder of the report bucket. */
function grantReports(handler: lambda.Function, task: SyncTask, { mirrors, reportBucket, reportKey }: Grants): void {
  const elsewhere = (sideSettings(mirrors) && task.elsewhere) || {};
  const folders: Readonly<Record<string, readonly AllowedAction[] | undefined>> = {
    runs: [...task.reports, ...(elsewhere.reports ?? [])],
    lacks: elsewhere.lacks,
    uploads: elsewhere.uploads,
    locks: task.locks,
    evidence: task.evidence,
    grace: task.grace,
    keys: task.keyLists,
  };
  for (const [prefix, allowed = []] of Object.entries(folders)) {
    grantActions(handler, allowed, toLocation({ bucket: reportBucket, encryptionKey: reportKey, prefix }));
  }
}

function grantInvalidations(
  handler: lambda.Function,
  allowed: NonNullable<SyncTask['toInvalidate']>,
  { mirrors, reportBucket, reportKey }: Grants,
): void {
  for (const mirror of mirrors) grantInvalidation(handler, mirror, allowed);
  const runs = toLocation({ bucket: reportBucket, encryptionKey: reportKey, prefix: 'runs' });
  grantActions(handler, allowed.reports, runs);
}

/** On exactly this distribution. An execution that may set other fields may also wait. */
function grantInvalidation(
  grantee: lambda.Function,
  { input, mayOverride = [] }: SyncMirror,
  { distribution: actions, distributionToWait }: NonNullable<SyncTask['toInvalidate']>,
): void {
  if (!input?.invalidate) return;
  const { distribution, wait } = input.invalidate;
  const mayWait = wait === true || mayOverride.includes('invalidate');
  const resource = { service: 'cloudfront', region: '', resource: 'distribution', resourceName: distribution };
  iam.Grant.addToPrincipal({
    grantee,
    actions: [...actions, ...(mayWait ? distributionToWait : [])],
    resourceArns: [Stack.of(grantee).formatArn(resource)],
  });
}
