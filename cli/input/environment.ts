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

/** Options that say where a run works, in the words of every AWS tool. */
export interface EnvironmentOptions extends SideOptions {
  readonly endpointUrl?: string;
  readonly profile?: string;
  readonly region?: string;
  /** A folder, or `s3://bucket`. */
  readonly reportLocation?: string;
}

/** Where nothing is, by convention. */
const NO_HOME = '/nonexistent';

/**
 * The environment of a run: what the shell has, and the options on top of it.
 *
 * @throws InvalidInputError  an option does not have the form it needs, or the profile is unknown or has no credentials
 */
export async function runEnvironment(
  shell: NodeJS.ProcessEnv,
  options: EnvironmentOptions,
): Promise<NodeJS.ProcessEnv> {
  const home = homeFolder();
  // The SDK looks for its files there, and fails if there is none.
  if (home === undefined) process.env.HOME = NO_HOME;
  const env: NodeJS.ProcessEnv = { ...shell, ...(home === undefined && { HOME: NO_HOME }) };
  const config = await readAwsConfig(env);
  useProfile(env, options.profile, config);
  // The AWS CLI reads the third name too, the SDK does not.
  env.AWS_REGION =
    options.region ?? (shell.AWS_REGION || shell.AWS_DEFAULT_REGION || config.profiles.get(profileName(env))?.region);
  useEndpoint(env, options.endpointUrl, config);
  useAddressingStyle(env, options.addressingStyle, config);
  useNetwork(env, config);
  useSides(env, options, config);
  // An empty variable is as good as none, as for every AWS tool.
  env[ENVIRONMENT.reportLocation] = reportLocation(
    options.reportLocation ?? (shell[ENVIRONMENT.reportLocation] || undefined),
    home,
  );
  return Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined));
}

/** Makes it the environment of this process: before the first client of the SDK is made, which reads it. */
export function adoptEnvironment(env: NodeJS.ProcessEnv): void {
  for (const name of Object.keys(process.env)) if (!(name in env)) delete process.env[name];
  Object.assign(process.env, env);
  shareCredentials(processCredentials(env));
  const ofSides = sideCredentials(env);
  openChannelsBy((channel) => ofSides.get(channel) ?? missing(channel));
}

/** Who gives the credentials of each side that has some of its own, by the channel on which threads ask. */
export function sideCredentials(env: NodeJS.ProcessEnv): Map<string, AwsCredentialIdentityProvider> {
  return new Map(profilesOfSides(env).map((profile) => [channelOf(profile), profileCredentials(profile)]));
}

function missing(channel: string): never {
  throw new Error(`Expected a profile for the credentials on ${channel}`);
}
