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

/** Who is told of runs; a key of a customer encrypts the topic. */
export const TOPIC = `arn:aws:sns:${REGION}:${ACCOUNT}:ended`;
export const TOPIC_KEY = `arn:aws:kms:${REGION}:${ACCOUNT}:key/topic`;
/** What runs tell CloudFront of. */
export const DISTRIBUTION = 'EDFDVBD6EXAMPLE';
export const DISTRIBUTION_ARN = `arn:aws:cloudfront::${ACCOUNT}:distribution/${DISTRIBUTION}`;
export const BUS = `arn:aws:events:${REGION}:${ACCOUNT}:event-bus/ours`;
