import { nameOfAction, SYNC_TASKS, WRITE_ACL } from '../../permissions/sync-tasks';
import type { Side } from '../../statemachine/input/sides';

/** On what a statement that denies depends. */
export type DenyKind = 'tls' | 'headers' | 'conditional-writes' | 'always' | 'otherwise';

export interface Condition {
  /** `StringNotEquals` */
  readonly operator: string;
  /** In lower case: `aws:securetransport`. */
  readonly key: string;
  readonly values: readonly string[];
}

/** A statement of a bucket's policy that denies something that a run does. */
export interface Deny {
  /** Its `Sid`, or its number. */
  readonly name: string;
  readonly kind: DenyKind;
  /** What of it a run does. */
  readonly actions: readonly string[];
  /** Whether it is for everybody. Otherwise it may not be for the run. */
  readonly isForAll: boolean;
  readonly conditions: readonly Condition[];
}

/** Actions that a run can do without. */
const SPARE = new Set([WRITE_ACL, 's3:GetBucketWebsite', 's3:GetBucketOwnershipControls', 's3:GetObjectAttributes']);

/** What a run does on a side. */
function actionsOn(side: Side): string[] {
  const all = SYNC_TASKS.flatMap((task) => task[side].map(nameOfAction));
  return [...new Set(all)].filter((action) => action.startsWith('s3:') && !SPARE.has(action));
}

/** @throws SyntaxError | TypeError  it is no policy */
export function readDenies(policy: string, side: Side, folder: { bucket: string; prefix: string }): Deny[] {
  const { Statement } = JSON.parse(policy) as { Statement?: unknown };
  return listOf(Statement).flatMap((statement, index) => {
    const { Effect, Sid, Principal, NotPrincipal, ...rest } = statement as Record<string, unknown>;
    const actions = actionsOn(side).filter((action) => isAbout(action, rest) && isAt(folder, action, rest.Resource));
    if (Effect !== 'Deny' || actions.length === 0) return [];
    const conditions = readConditions(rest.Condition);
    const isForAll = NotPrincipal === undefined && principalsOf(Principal).includes('*');
    return [{ name: `${Sid ?? index + 1}`, kind: kindOf(conditions), actions, isForAll, conditions }];
  });
}

/** One value and a list of one mean the same in a policy. */
function listOf(value: unknown): unknown[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value];
}

function textsOf(value: unknown): string[] {
  return listOf(value).map(String);
}

function principalsOf(principal: unknown): string[] {
  if (principal === null || typeof principal !== 'object') return textsOf(principal);
  return Object.values(principal).flatMap(textsOf);
}

function isAbout(action: string, { Action, NotAction }: Record<string, unknown>): boolean {
  const matches = (patterns: unknown) => textsOf(patterns).some((pattern) => toPattern(pattern).test(action));
  return NotAction === undefined ? matches(Action) : !matches(NotAction);
}

function toPattern(glob: string): RegExp {
  const source = glob
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`, 'i');
}

/** Whether a resource and the folder have keys in common, as far as the text before its first wildcard tells. */
function isAt({ bucket, prefix }: { bucket: string; prefix: string }, action: string, resource: unknown): boolean {
  const isOnBucket = action === 's3:ListBucket';
  return textsOf(resource ?? '*').some((arn) => {
    const place = arn.replace(/^arn:[^:]*:s3:::/, '');
    const [fixed = ''] = place.split(/[*?]|\$\{/, 1);
    const folder = `${bucket}/${prefix}`;
    if (isOnBucket) return toPattern(place).test(bucket);
    return fixed.startsWith(folder) || (folder.startsWith(fixed) && fixed !== place);
  });
}

function readConditions(condition: unknown): Condition[] {
  if (condition === null || typeof condition !== 'object') return [];
  return Object.entries(condition).flatMap(([operator, keys]) =>
    Object.entries((keys ?? {}) as object).map(([key, values]) => {
      return { operator, key: key.toLowerCase(), values: textsOf(values) };
    }),
  );
}

function kindOf(conditions: readonly Condition[]): DenyKind {
  const has = (pattern: RegExp) => conditions.some(({ key }) => pattern.test(key));
  if (conditions.length === 0) return 'always';
  if (has(/^(aws:securetransport|s3:tlsversion)$/)) return 'tls';
  if (has(/^s3:if-(none-)?match$/)) return 'conditional-writes';
  if (has(/^s3:x-amz-(server-side-encryption|acl|storage-class)/)) return 'headers';
  return 'otherwise';
}
