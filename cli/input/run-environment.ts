import type { AwsCredentialIdentityProvider } from '@smithy/types';
import { openChannelsBy, shareCredentials } from '../../local/share-credentials';
import { ENVIRONMENT } from '../../statemachine/contract';
import { readAwsConfig } from './aws-config';
import { processCredentials, profileCredentials } from './credentials';
import { useAddressingStyle, useEndpoint } from './endpoint';
import { useNetwork } from './network';
import { profileName, useProfile } from './profile';
import { homeFolder, reportLocation } from './report-location';
import { channelOf, profilesOfSides, type SideOptions, useSides } from './sides';

/** Options that say where a run works, with the option names of every AWS tool. */
export interface EnvironmentOptions extends SideOptions {
  readonly endpointUrl?: string;
  readonly profile?: string;
  readonly region?: string;
  /** A folder, or `s3://bucket`. */
  readonly reportLocation?: string;
}

/** A path where nothing exists, by convention. */
const NO_HOME = '/nonexistent';

/**
 * The environment of a run: the shell's environment, overridden by the options.
 *
 * @throws InvalidInputError  an option is malformed, or the profile is unknown or has no credentials
 */
export async function runEnvironment(
  shell: NodeJS.ProcessEnv,
  options: EnvironmentOptions,
): Promise<NodeJS.ProcessEnv> {
  const home = homeFolder();
  // the SDK looks for its files in the home folder, and fails without one
  if (home === undefined) process.env.HOME = NO_HOME;
  const env: NodeJS.ProcessEnv = { ...shell, ...(home === undefined && { HOME: NO_HOME }) };
  const config = await readAwsConfig(env);
  useProfile(env, options.profile, config);
  // the AWS CLI also reads the third name, but the SDK does not
  env.AWS_REGION =
    options.region ?? (shell.AWS_REGION || shell.AWS_DEFAULT_REGION || config.profiles.get(profileName(env))?.region);
  useEndpoint(env, options.endpointUrl, config);
  useAddressingStyle(env, options.addressingStyle, config);
  useNetwork(env, config);
  useSides(env, options, config);
  // an empty variable counts as not set, as in every AWS tool
  env[ENVIRONMENT.reportLocation] = reportLocation(
    options.reportLocation ?? (shell[ENVIRONMENT.reportLocation] || undefined),
    home,
  );
  return Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined));
}

/** Sets the environment of this process. Call it before the first SDK client is created, because clients read it. */
export function adoptEnvironment(env: NodeJS.ProcessEnv): void {
  for (const name of Object.keys(process.env)) if (!(name in env)) delete process.env[name];
  Object.assign(process.env, env);
  shareCredentials(processCredentials(env));
  const ofSides = sideCredentials(env);
  openChannelsBy((channel) => ofSides.get(channel) ?? missing(channel));
}

/** Credential providers of the sides with their own credentials, by the channel on which threads ask. */
export function sideCredentials(env: NodeJS.ProcessEnv): Map<string, AwsCredentialIdentityProvider> {
  return new Map(profilesOfSides(env).map((profile) => [channelOf(profile), profileCredentials(profile)]));
}

function missing(channel: string): never {
  throw new Error(`Expected a profile for the credentials on ${channel}`);
}
