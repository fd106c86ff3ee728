import { AwsCallError, callQuery, elementOf, type Signing } from './aws-call';

/**
 * The account whose credentials are used.
 *
 * @returns undefined where the server has no STS, as other servers than AWS may
 * @throws AwsCallError  the credentials are refused
 */
export async function findAccount(signing: Signing): Promise<string | undefined> {
  try {
    return elementOf(await callQuery(signing, 'sts', 'GetCallerIdentity'), 'Account');
  } catch (error) {
    if (!(error instanceof AwsCallError) || signing.endpoint === undefined) throw error;
    if (error.status === 403) throw error;
    return undefined;
  }
}
