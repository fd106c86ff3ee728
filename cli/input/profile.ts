import { InvalidInputError } from '../../statemachine/errors';
import type { AwsConfig, Section } from './aws-config';

/** Settings that say where a profile's credentials come from, alone or together with settings that they require. */
const SOURCES = [
  'aws_access_key_id',
  'credential_process',
  'sso_session',
  'sso_start_url',
  'web_identity_token_file',
  'login_session',
];
const ENVIRONMENT_KEYS = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN'];
const CONTAINER = ['AWS_CONTAINER_CREDENTIALS_FULL_URI', 'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI'];
const WEB_IDENTITY = ['AWS_WEB_IDENTITY_TOKEN_FILE', 'AWS_ROLE_ARN'];

/**
 * Makes a named profile the only identity. If it has no credentials, no others may replace them.
 *
 * @param env  is changed; the SDK reads it in this process and its threads
 * @param option  `--profile`; without it AWS_PROFILE or AWS_DEFAULT_PROFILE names the profile
 * @throws InvalidInputError  the profile, or its source_profile, does not exist or has no credentials
 */
export function useProfile(env: NodeJS.ProcessEnv, option: string | undefined, config: AwsConfig): void {
  const named = namedProfile(env, option);
  if (named === undefined) return;
  const sources = sourcesOf(named.profile, named.how, config);
  env.AWS_PROFILE = named.profile;
  delete env.AWS_DEFAULT_PROFILE;
  if (!sources.has('Environment')) remove(env, ENVIRONMENT_KEYS);
  if (!sources.has('EcsContainer')) remove(env, CONTAINER);
  if (!sources.has('Ec2InstanceMetadata')) env.AWS_EC2_METADATA_DISABLED = 'true';
  remove(env, WEB_IDENTITY);
}

/** The profile whose settings apply: the named one or the default. */
export function profileName(env: NodeJS.ProcessEnv): string {
  return env.AWS_PROFILE || 'default';
}

/** Whether the credentials of the profile require a code that somebody types. */
export function asksForMfaCode(env: NodeJS.ProcessEnv, { profiles }: AwsConfig): boolean {
  const passed = new Set<string>();
  for (let name: string | undefined = profileName(env); name !== undefined && !passed.has(name); ) {
    passed.add(name);
    const section: Section | undefined = profiles.get(name);
    if (section?.role_arn && section.mfa_serial) return true;
    name = section?.role_arn ? section.source_profile : undefined;
  }
  return false;
}

/** The profile that uses IAM Identity Center, and so requires the login: the profile itself or its source_profile. */
export function ssoProfileOf(profile: string, { profiles }: AwsConfig): string | undefined {
  const passed = new Set<string>();
  for (let name: string | undefined = profile; name !== undefined && !passed.has(name); ) {
    passed.add(name);
    const section: Section | undefined = profiles.get(name);
    if (section?.sso_session || section?.sso_start_url) return name;
    name = section?.role_arn ? section.source_profile : undefined;
  }
  return undefined;
}

/**
 * The configuration of a profile that an option names.
 *
 * @throws InvalidInputError  the profile, or its source_profile, does not exist or has no credentials
 */
export function requireProfile(name: string, option: string, config: AwsConfig): Section {
  sourcesOf(name, option, config);
  return config.profiles.get(name) ?? {};
}

function namedProfile(env: NodeJS.ProcessEnv, option: string | undefined) {
  if (option !== undefined) return { profile: option, how: '--profile' };
  const { AWS_PROFILE: name, AWS_DEFAULT_PROFILE: other } = env;
  if (name !== undefined && other !== undefined && name !== other)
    throw new InvalidInputError(
      `Expected one profile, got AWS_PROFILE "${name}" and AWS_DEFAULT_PROFILE "${other}": unset one`,
    );
  if (name !== undefined) return { profile: name, how: 'AWS_PROFILE' };
  return other === undefined ? undefined : { profile: other, how: 'AWS_DEFAULT_PROFILE' };
}

/** The `credential_source` of a profile and of each profile in its source_profile chain. @throws InvalidInputError */
function sourcesOf(name: string, how: string, config: AwsConfig, passed: readonly string[] = []): Set<string> {
  const section = config.profiles.get(name);
  if (section === undefined) throw unknownProfile(name, how, config);
  const { source_profile: base, credential_source: source } = section;
  if (section.role_arn && base !== undefined) {
    // a profile with keys may be its own source_profile
    if (base === name && hasSource(section)) return new Set();
    if ([...passed, name].includes(base))
      throw new InvalidInputError(
        `Expected the source_profile of "${name}" to lead to credentials, got a circle: "${base}"`,
      );
    return sourcesOf(base, `the source_profile of "${name}"`, config, [...passed, name]);
  }
  if (section.role_arn && source !== undefined) return new Set([source]);
  refuseHalf(name, section, config);
  if (hasSource(section)) return new Set();
  throw new InvalidInputError(
    `Expected the profile "${name}" (${how}) to have credentials, got none: no other credentials are used instead. ` +
      'Add credentials to the profile, or name no profile',
  );
}

/** @throws InvalidInputError  the profile names something that it requires, and that is not there */
function refuseHalf(name: string, section: Section, { ssoSessions }: AwsConfig): void {
  const { aws_access_key_id: key, aws_secret_access_key: secret, sso_session: session } = section;
  if (key && !secret)
    throw new InvalidInputError(
      `Expected the profile "${name}" to have aws_secret_access_key, as it has aws_access_key_id`,
    );
  if (session === undefined || ssoSessions.has(session)) return;
  throw new InvalidInputError(
    `Expected a section [sso-session ${session}] in the AWS configuration, which the profile "${name}" names, got none`,
  );
}

function hasSource(section: Section): boolean {
  return SOURCES.some((setting) => section[setting]);
}

function unknownProfile(name: string, how: string, { profiles }: AwsConfig): InvalidInputError {
  const known = [...profiles.keys()].map((profile) => `"${profile}"`).join(', ');
  return new InvalidInputError(
    `Expected a profile that exists, got "${name}" (${how}): the AWS configuration has ${known || 'no profile'}`,
  );
}

function remove(env: NodeJS.ProcessEnv, names: readonly string[]): void {
  for (const name of names) delete env[name];
}
