import { AwsCallError, callQuery, type Signing } from './aws-call';

/** A role with its inline policies. It is fine if there is no such role. */
export async function removeRole(signing: Signing, name: string): Promise<void> {
  try {
    const policies = await callQuery(signing, 'iam', 'ListRolePolicies', { RoleName: name });
    for (const [, policy = ''] of policies.matchAll(/<member>([^<]+)<\/member>/g)) {
      await callQuery(signing, 'iam', 'DeleteRolePolicy', { RoleName: name, PolicyName: policy });
    }
    await callQuery(signing, 'iam', 'DeleteRole', { RoleName: name });
  } catch (error) {
    if (!(error instanceof AwsCallError) || error.code !== 'NoSuchEntity') throw error;
  }
}
