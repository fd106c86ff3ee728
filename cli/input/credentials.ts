import type { FromIniInit } from '@aws-sdk/credential-provider-ini';
import type { AwsCredentialIdentity, AwsCredentialIdentityProvider } from '@smithy/types';
import { CredentialBroker } from '../../local/credential-broker';
import { shellWord } from '../../wording/shell-word';
import { readAwsConfig } from './aws-config';
import { useOwnProcesses } from './credential-process';
import { askForMfaCode } from './mfa-code';
import { profileName, ssoProfileOf } from './profile';

const brokers = new Map<string, CredentialBroker>();
const sideBrokers = new Map<string, CredentialBroker>();

/**
 * The credentials of this process. The SDK's own chain finds them once for all clients and threads.
 *
 * @param env  must be the environment of this process, because the SDK reads it
 * @returns undefined if each client finds the same credentials in the environment, without a request
 */
export function processCredentials(env: NodeJS.ProcessEnv): AwsCredentialIdentityProvider | undefined {
  if (env.AWS_ACCESS_KEY_ID && env.AWS_SECRET_ACCESS_KEY && !env.AWS_PROFILE) return undefined;
  const profile = profileName(env);
  const broker = brokers.get(profile) ?? new CredentialBroker(findAgain(profile));
  brokers.set(profile, broker);
  return broker.get;
}

/** The credentials of one profile, for one side of a run. They are requested as rarely as those of the process. */
export function profileCredentials(profile: string): AwsCredentialIdentityProvider {
  const broker = sideBrokers.get(profile) ?? new CredentialBroker(findAgain(profile, askForMfaCode, true));
  sideBrokers.set(profile, broker);
  return broker.get;
}

/** Asks for a code only once. When the session ends, nobody may be at the terminal, and a question would hold the run up. */
export function findAgain(
  profile: string,
  askForCode = askForMfaCode,
  isOfSide = false,
): () => Promise<AwsCredentialIdentity> {
  let hasCode = false;
  const ask = async (serial: string) => {
    if (hasCode) throw new Error(`the session that began with the MFA code of ${serial} has ended`);
    const code = await askForCode(serial);
    hasCode = true;
    return code;
  };
  return () => findCredentials(profile, ask, isOfSide);
}

/** @throws Error  `CredentialsProviderError` with the profile, the SDK's message, and how to log in */
export async function findCredentials(
  profile: string,
  mfaCodeProvider = askForMfaCode,
  isOfSide = false,
): Promise<AwsCredentialIdentity> {
  try {
    return await (await openProvider({ mfaCodeProvider, ignoreCache: true, ...(isOfSide && { profile }) }))();
  } catch (cause) {
    const { message } = cause instanceof Error ? cause : new Error(String(cause));
    const login = isOfNetwork(cause) ? undefined : await howToLogIn(profile);
    const reason = login === undefined ? message : `${message.replace(SDK_ADVICE, '')}. Log in: ${login}`;
    const error = new Error(`Could not get credentials (profile "${profile}"): ${reason}`, { cause });
    throw Object.assign(error, { name: 'CredentialsProviderError' });
  }
}

/** Imported here, because loading takes time and only some commands use it. */
async function openProvider(settings: FromIniInit): Promise<AwsCredentialIdentityProvider> {
  const { requestHandler } = await import('../../local/network');
  useOwnProcesses();
  const all = { ...settings, clientConfig: { requestHandler: requestHandler() } };
  // A named profile is the only identity. The chain would call a failed `credential_process` again.
  if (settings.profile || process.env.AWS_PROFILE)
    return (await import('@aws-sdk/credential-provider-ini')).fromIni(all);
  return (await import('@aws-sdk/credential-provider-node')).defaultProvider(all);
}

/** The SDK's advice does not name the profile. */
const SDK_ADVICE = /\.?(?: To refresh this SSO session run '?aws sso login'? with the corresponding profile)?\.?$/;

async function howToLogIn(profile: string): Promise<string | undefined> {
  const sso = ssoProfileOf(profile, await readAwsConfig(process.env));
  return sso && `aws sso login --profile ${shellWord(sso)}`;
}

/** If the service cannot be reached, a login would not work either. */
function isOfNetwork(error: unknown): boolean {
  const { code, name, cause } = error as NodeJS.ErrnoException & { cause?: unknown };
  if (typeof code === 'string' || name === 'EndpointError' || name === 'TimeoutError') return true;
  return cause instanceof Error && isOfNetwork(cause);
}
