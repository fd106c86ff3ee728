import type { FromIniInit } from '@aws-sdk/credential-provider-ini';
import type { AwsCredentialIdentity, AwsCredentialIdentityProvider } from '@smithy/types';
import { CredentialBroker } from '../local/credential-broker';
import { askForMfaCode } from './mfa-code';
import { profileName } from './profile';

const brokers = new Map<string, CredentialBroker>();

/**
 * The credentials of this process, found once for all its clients and threads, by the SDK's own chain.
 *
 * @param env  has to be that of this process, which the SDK reads
 * @returns undefined where each client finds the same in the environment, without asking anybody
 */
export function processCredentials(env: NodeJS.ProcessEnv): AwsCredentialIdentityProvider | undefined {
  if (env.AWS_ACCESS_KEY_ID && env.AWS_SECRET_ACCESS_KEY && !env.AWS_PROFILE) return undefined;
  const profile = profileName(env);
  const broker = brokers.get(profile) ?? new CredentialBroker(() => findCredentials(profile));
  brokers.set(profile, broker);
  return broker.get;
}

/** @throws Error  `CredentialsProviderError`, which names the profile and says what the SDK says */
export async function findCredentials(
  profile: string,
  mfaCodeProvider = askForMfaCode,
): Promise<AwsCredentialIdentity> {
  try {
    return await (await openProvider({ mfaCodeProvider, ignoreCache: true }))();
  } catch (cause) {
    const { message } = cause instanceof Error ? cause : new Error(String(cause));
    const error = new Error(`Could not get credentials (profile "${profile}"): ${message}`, { cause });
    throw Object.assign(error, { name: 'CredentialsProviderError' });
  }
}

/** Imported here, because it takes time and only some need it. */
async function openProvider(settings: FromIniInit): Promise<AwsCredentialIdentityProvider> {
  // A named profile is the only identity; the chain would call a `credential_process` that has failed once more.
  if (process.env.AWS_PROFILE) return (await import('@aws-sdk/credential-provider-ini')).fromIni(settings);
  return (await import('@aws-sdk/credential-provider-node')).defaultProvider(settings);
}
