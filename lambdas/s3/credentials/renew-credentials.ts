import type { S3Client } from '@aws-sdk/client-s3';
import type { AwsCredentialIdentityProvider } from '@smithy/types';
import { CredentialsExpiredError } from '../../../statemachine/errors';
import { EXPIRED_CREDENTIALS } from '../errors/s3-errors';
import { describeError } from '../errors/server-words';
import { type CredentialOptions, type Identity, isSameIdentity } from './credentials';

/** Names of errors of a provider that has no more credentials. */
const NOT_FOUND: ReadonlySet<string> = new Set(['CredentialsProviderError', 'TokenProviderError']);

/** How often a request is sent with newer credentials: they may be replaced twice during the request. */
const MOST_RENEWALS = 3;

export function isExpired(error: unknown): boolean {
  return error instanceof Error && EXPIRED_CREDENTIALS.has(error.name);
}

/**
 * Sends a request. If S3 no longer accepts its credentials and there are newer ones, sends the request again with those.
 *
 * @param mayRepeat  called before it is sent again; false leaves that to the caller
 */
export async function withFreshCredentials<T>(
  { config }: S3Client,
  request: () => Promise<T>,
  mayRepeat: () => boolean = () => true,
): Promise<T> {
  for (let renewals = 0; ; renewals++) {
    // if newer credentials arrived in between, these are not the ones that signed the request; the next try uses the newer ones
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
 * The error that ends a run if there are no more valid credentials. Any other error is returned unchanged.
 *
 * @param error  of a request that was sent by `withFreshCredentials`
 * @param of  whose credentials they are
 */
export function orExpired(error: unknown, of = 'this run'): unknown {
  if (error instanceof CredentialsExpiredError || !(error instanceof Error)) return error;
  if (!EXPIRED_CREDENTIALS.has(error.name) && !NOT_FOUND.has(error.name)) return error;
  return new CredentialsExpiredError(
    `S3 no longer accepts the credentials of ${of}, and bucketsync found no new ones (${describeError(error)}). ` +
      'Get new credentials, and run it again: finished copies are not repeated',
    { cause: error },
  );
}

/** @throws Error  about the expired credentials, and why there are no newer ones */
async function findOthers(provider: AwsCredentialIdentityProvider, used: Identity, cause: Error): Promise<boolean> {
  const options: CredentialOptions & { forceRefresh: true } = { forceRefresh: true, rejected: used };
  try {
    // the first call may join an earlier request for credentials
    return (await differs(provider, options, used)) || (await differs(provider, options, used));
  } catch (error) {
    const { message } = error as Error;
    throw Object.assign(new Error(`${cause.message} ${message}`, { cause }), { name: cause.name });
  }
}

async function differs(provider: AwsCredentialIdentityProvider, options: object, used: Identity): Promise<boolean> {
  return !isSameIdentity(await provider(options as Parameters<AwsCredentialIdentityProvider>[0]), used);
}

/** Undefined: there are none, and the request will report that. */
async function identityOf(provider: AwsCredentialIdentityProvider): Promise<Identity | undefined> {
  try {
    const { accessKeyId, sessionToken } = await provider();
    return { accessKeyId, sessionToken };
  } catch {
    return undefined;
  }
}
