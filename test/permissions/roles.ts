import { createHash } from 'node:crypto';
import { existsSync, globSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TaskName } from '../../local/handlers';

/** One action on one resource that a role's policies allow. */
export interface Permission {
  readonly action: string;
  /** As it is in the policy; `*` stands for any text. */
  readonly resource: string;
  readonly condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

/** Everything that the roles allow, by the Task whose function has the role, or `StateMachine`. */
export type Roles = Readonly<Record<TaskName | 'StateMachine', readonly Permission[]>>;

/** `CopyRange: s3:GetObject on arn:aws:s3:::the-source/*` */
export function describePermission(role: string, { action, resource }: Permission): string {
  return `${role}: ${action} on ${resource}`;
}

/** What the roles were synthesized for. */
export const ACCOUNT = '111122223333';
export const REGION = 'us-east-1';
/** Names of the buckets; each has a key of its own, of the same name. */
export const BUCKETS = { source: 'the-source', destination: 'the-destination', reports: 'the-reports' } as const;
export type Side = keyof typeof BUCKETS;

const ROOT = join(__dirname, '../..');
/** What the template is made of, this folder included. */
const INPUTS = ['package-lock.json', 'cdk.json', 'lib/**', 'statemachine/**', 'test/permissions/*.ts'];

/** The roles of the construct as it is now. To synthesize them takes seconds, so that is done once for each state of the code. */
export function readRoles(): Roles {
  const hash = createHash('sha256');
  const files = INPUTS.flatMap((pattern) => globSync(pattern, { cwd: ROOT, withFileTypes: true }));
  for (const file of files
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()) {
    hash.update(`${file}\n`).update(readFileSync(file));
  }
  const folder = join(ROOT, 'node_modules/.cache/bucketsync');
  const cached = join(folder, `roles-${hash.digest('hex').slice(0, 16)}.json`);
  if (!existsSync(cached)) {
    // imported here, because it is slow as well
    const { synthesizeRoles } = require('./synthesize-roles') as typeof import('./synthesize-roles');
    mkdirSync(folder, { recursive: true });
    writeFileSync(`${cached}.${process.pid}`, JSON.stringify(synthesizeRoles()));
    renameSync(`${cached}.${process.pid}`, cached);
  }
  return JSON.parse(readFileSync(cached, 'utf8')) as Roles;
}
