import { runSimulation } from '@cloud-copilot/iam-simulate';
import { ACCOUNT, type Permission } from './role-permissions';

/** What a request takes: an action on a resource, under circumstances that conditions may ask for. */
export interface Need {
  readonly action: string;
  readonly resource: string;
  readonly context?: Readonly<Record<string, string | string[]>>;
}

/** The policy that the console makes for a key: its account decides by IAM. */
const KEY_POLICY = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` }, Action: 'kms:*', Resource: '*' }],
};

/**
 * Evaluates a role's policies as IAM does.
 *
 * @returns the permissions that allow it; none: it is denied
 * @throws Error  there is no such action, or it knows no such resource
 */
export async function findGrants(
  role: readonly Permission[],
  { action, resource, context = {} }: Need,
): Promise<Permission[]> {
  const Statement = role.map((permission, index) => ({
    Sid: `P${index}`,
    Effect: 'Allow',
    Action: permission.action,
    Resource: permission.resource,
    ...(permission.condition && { Condition: permission.condition }),
  }));
  if (Statement.length === 0) return [];
  const answer = await runSimulation(
    {
      request: {
        principal: `arn:aws:iam::${ACCOUNT}:role/role`,
        action,
        // a wildcard in a request would mean any resource, and a line break would match none
        resource: { resource: resource.replaceAll(/[^\w:/.-]/g, '_'), accountId: ACCOUNT },
        contextVariables: { 'aws:SecureTransport': 'true', 'aws:ResourceAccount': ACCOUNT, ...context },
      },
      identityPolicies: [{ name: 'role', policy: { Version: '2012-10-17', Statement } }],
      serviceControlPolicies: [],
      resourceControlPolicies: [],
      ...(action.startsWith('kms:') && { resourcePolicy: KEY_POLICY }),
    },
    {},
  );
  if (answer.resultType === 'error') throw new Error(`${action} on ${resource}: ${JSON.stringify(answer.errors)}`);
  if (answer.overallResult !== 'Allowed') return [];
  const results = answer.resultType === 'single' ? [answer.result] : answer.results;
  const sids = results.flatMap(({ analysis }) => analysis.identityAnalysis?.allowStatements ?? []);
  return sids.flatMap(({ statement }) => role[Number(statement.sid()?.slice(1))] ?? []);
}
