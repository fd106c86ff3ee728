import type { S3Client } from '@aws-sdk/client-s3';
import type { AwsCredentialIdentityProvider } from '@smithy/types';
import { CredentialsExpiredError } from '../../../statemachine/errors';
import { describeError } from '../errors/server-words';
import { type CredentialOptions, type Identity, isSameIdentity } from './credentials';

/** Of credentials that were good once: their time is over, or somebody has taken them back or replaced them. */
const EXPIRED: ReadonlySet<string> = new Set([
  'ExpiredToken',
  'ExpiredTokenException',
  'TokenRefreshRequired',
  'InvalidToken',
  'InvalidAccessKeyId',
]);

/** Of a provider that cannot give any more. */
const NOT_FOUND: ReadonlySet<string> = new Set(['CredentialsProviderError', 'TokenProviderError']);

/** So often a request is sent with other credentials: two may have been replaced while it was under way. */
const MOST_RENEWALS = 3;

export function isExpired(error: unknown): boolean {
  return error instanceof Error && EXPIRED.has(error.name);
}

/**
 * Sends a request, and once more with other credentials if S3 no longer takes those that it had and there are others.
 *
 * @param mayRepeat  asked before it is sent again; false leaves that to whoever sent it
 */
export async function withFreshCredentials<T>(
  { config }: S3Client,
  request: () => Promise<T>,
  mayRepeat: () => boolean = () => true,
): Promise<T> {
  for (let renewals = 0; ; renewals++) {
    // Not the ones that were signed with, if others came in between: then they are found to differ, and tried again.
    const used = await identityOf(config.credentials);
    try {
      return await request();
    } catch (error) {
      if (!isExpired(error) || used === undefined || renewals >= MOST_RENEWALS) throw error;
      if (!(await findOthers(config.credentials, used, error as Error))) throw error;
      if (!mayRepeat()) throw error;
    }
  }
}

/**
 * What a run ends with if nobody has credentials for it any more; anything else is handed back as it is.
 *
 * @param error  of a request that has been through `withFreshCredentials`
 * @param of  whose credentials they are
 */
export function orExpired(error: unknown, of = 'this run'): unknown {
  if (error instanceof CredentialsExpiredError || !(error instanceof Error)) return error;
  if (!EXPIRED.has(error.name) && !NOT_FOUND.has(error.name)) return error;
  return new CredentialsExpiredError(
    `The credentials of ${of} are no longer accepted, and reading them again gave no others (${describeError(error)}). ` +
      'What was copied is not copied twice: get new ones, and run the same again',
    { cause: error },
  );
}

/** @throws Error  about the credentials that are gone and those that could not be found */
async function findOthers(provider: AwsCredentialIdentityProvider, used: Identity, cause: Error): Promise<boolean> {
  const options: CredentialOptions & { forceRefresh: true } = { forceRefresh: true, rejected: used };
  try {
    // The first may join a request for credentials that was under way before.
    return (await differs(provider, options, used)) || (await differs(provider, options, used));
  } catch (error) {
    const { message } = error as Error;
    throw Object.assign(new Error(`${cause.message} ${message}`, { cause }), { name: cause.name });
  }
}

async function differs(provider: AwsCredentialIdentityProvider, options: object, used: Identity): Promise<boolean> {
  return !isSameIdentity(await provider(options as Parameters<AwsCredentialIdentityProvider>[0]), used);
}

/** undefined: there are none, which the request will say. */
async function identityOf(provider: AwsCredentialIdentityProvider): Promise<Identity | undefined> {
  try {
    const { accessKeyId, sessionToken } = await provider();
    return { accessKeyId, sessionToken };
  } catch {
    return undefined;
  }
}
