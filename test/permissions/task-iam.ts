import type { TaskName } from '../../local/handlers';
import type { RequestInfo, S3Server } from '../../local/s3';
import { PROBE_NAME } from '../../statemachine/contract';
import { onceAWorker } from '../support/once-a-worker';
import { findGrants } from './evaluate';
import { NOT_IN_AWS } from './needless';
import {
  ACCOUNT,
  BUCKETS,
  describePermission,
  type Permission,
  REGION,
  type Roles,
  type Side,
} from './role-permissions';
import { readRoles } from './roles';
import { listNeeds, type S3Need } from './s3-needs';
import { type Sender, senderOf } from './task-context';

/** IAM's answers by role and question. All suites ask the same roles much the same. */
const ANSWERS = onceAWorker("IAM's answers", () => new WeakMap<object, Map<string, Promise<Permission[]>>>());

/**
 * IAM, as it stands before S3 in AWS: each request of a Task is judged by the synthesized role of that Task's very
 * function. Requests of the tests themselves are not judged.
 */
export class TaskIam {
  /** Permissions that were used, as `describePermission` names them. */
  readonly used = new Set<string>();
  /** Requests that no permission of their Task's role allows, as one sentence each. */
  readonly denials: string[] = [];

  constructor(
    private readonly s3: S3Server,
    readonly roles: Roles = readRoles(),
  ) {}

  async authorize(request: RequestInfo): Promise<boolean> {
    const sender = senderOf(request.headers);
    if (!sender) return true;
    try {
      return await this.#judge(sender, request);
    } catch (error) {
      this.denials.push(`${sender.task} sent ${request.operation}: ${(error as Error).message}`);
      return false;
    }
  }

  async #judge(sender: Sender, request: RequestInfo): Promise<boolean> {
    for (const need of await listNeeds(this.s3, request)) {
      if (NOT_IN_AWS.some(({ role, action }) => role.test(sender.task) && action.test(need.action))) continue;
      const grants = await this.#grantsFor(sender, need);
      for (const permission of grants) this.used.add(describePermission(sender.task, permission));
      if (grants.length > 0) continue;
      this.denials.push(describeDenial(sender, need, request.operation));
      return false;
    }
    return true;
  }

  async #grantsFor(sender: Sender, need: S3Need): Promise<Permission[]> {
    const key = need.key === undefined ? '' : typicalKey(need.key);
    const granted = await Promise.all(
      sidesOf(sender, need).map((side) => this.#evaluate(sender.task, side, { ...need, key })),
    );
    return granted.flat();
  }

  #evaluate(task: TaskName, side: Side, need: S3Need): Promise<Permission[]> {
    const { action, key, prefix = '', context: asked = {} } = need;
    const conditions = Object.fromEntries(Object.keys(asked).map((name) => [name, typicalValue(asked[name] ?? '')]));
    const role = this.roles[task];
    const name = JSON.stringify([side, action, key, prefix, conditions]);
    const bucket = `arn:aws:s3:::${BUCKETS[side]}`;
    const isKms = action.startsWith('kms:');
    const resource = isKms
      ? `arn:aws:kms:${REGION}:${ACCOUNT}:key/${BUCKETS[side]}`
      : key
        ? `${bucket}/${key}`
        : bucket;
    const context = {
      ...(isKms && { 'kms:ViaService': `s3.${REGION}.amazonaws.com` }),
      ...(action === 's3:ListBucket' && { 's3:prefix': prefix }),
      ...conditions,
    };
    const answers = ANSWERS.get(role) ?? new Map<string, Promise<Permission[]>>();
    ANSWERS.set(role, answers);
    const grants = answers.get(name) ?? findGrants(role, { action, resource, context });
    answers.set(name, grants);
    return grants;
  }
}

/** One object is as good as another of the same folder; but policies know the names of probes. */
function typicalKey(key: string): string {
  const [folder = ''] = /^[^/]*\//.exec(key) ?? [];
  const [probe = ''] = new RegExp(`(?<=^|/)${PROBE_NAME.replaceAll('.', '\\.')}`).exec(key) ?? [];
  return `${folder}${probe}key`;
}

/** One ETag is as good as another. */
function typicalValue(value: string): string {
  return value.startsWith('"') ? '"etag"' : value;
}

/** A bucket can be all three. Tests may keep reports and locks elsewhere than the environment says. */
function sidesOf({ source, destination }: Sender, { bucket, key = '' }: S3Need): Side[] {
  const sides: Side[] = [];
  if (bucket === source) sides.push('source');
  if (bucket === destination) sides.push('destination');
  if (sides.length === 0 || /^(runs|locks|evidence|grace|lacks|uploads)\//.test(key)) sides.push('reports');
  return sides;
}

function describeDenial({ task }: Sender, { action, bucket, key }: S3Need, operation: string): string {
  const resource = key === undefined ? bucket : `${bucket}/${key}`;
  return (
    `${task} sent ${operation}, which takes ${action} on ${resource}, and the role of its function does not allow that. ` +
    'If it has to send it, add the action to this Task in permissions/sync-tasks.ts, with a scenario in test/permissions that needs it'
  );
}
