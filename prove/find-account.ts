import { AwsCallError, callQuery, elementOf, type Signing } from './aws-call';

/**
 * Finds the account of the credentials.
 *
 * @returns undefined if the server has no STS, like some servers other than AWS
 * @throws AwsCallError  the credentials are rejected
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
