import { ADDRESSING_STYLES, isAwsEndpoint } from '../../statemachine/aws-endpoint';
import { ENVIRONMENT } from '../../statemachine/contract';
import { InvalidInputError } from '../../statemachine/errors';
import type { AddressingStyle } from '../../statemachine/input/sides';
import type { AwsConfig, Section } from './aws-config';
import { profileName } from './profile';

/**
 * Ensures that requests go to a named endpoint, even if AWS_IGNORE_CONFIGURED_ENDPOINT_URLS is set. With that variable the SDK
 * would send them to AWS.
 *
 * @param env  is changed
 * @param option  `--endpoint-url`; it overrides the environment, which overrides the profile
 * @throws InvalidInputError  it is not a URL, or the profile names a `services` section that does not exist
 */
export function useEndpoint(env: NodeJS.ProcessEnv, option: string | undefined, config: AwsConfig): void {
  // the SDK would read a profile's endpoint itself, unless it is told to ignore it
  const sts = env.AWS_ENDPOINT_URL_STS || servicesOfProfile(env, config)?.['sts.endpoint_url'];
  if (sts)
    env.AWS_ENDPOINT_URL_STS = checkEndpoint(sts, 'the endpoint of STS (AWS_ENDPOINT_URL_STS, or of the profile)');
  const named = namedEndpoints(env, option, config).find(({ url }) => url);
  if (named?.url === undefined) return;
  const endpoint = checkEndpoint(named.url, named.name);
  env.AWS_ENDPOINT_URL_S3 = endpoint;
  env.AWS_IGNORE_CONFIGURED_ENDPOINT_URLS = 'false';
  // These choose among the endpoints of AWS, and cannot be combined with a named endpoint. As in the AWS CLI, the named one wins.
  env.AWS_USE_FIPS_ENDPOINT = 'false';
  env.AWS_USE_DUALSTACK_ENDPOINT = 'false';
  // the credentials of an AWS instance are only for AWS
  if (!isAwsEndpoint(endpoint)) env.AWS_EC2_METADATA_DISABLED ??= 'true';
}

/** @throws InvalidInputError */
export function checkEndpoint(url: string, name = '--endpoint-url'): string {
  const { protocol = '', username, password, search, hash } = URL.parse(url) ?? {};
  if (username || password || search || hash) {
    // a password would be printed, and kept in reports
    throw new InvalidInputError(
      `Expected ${name} to be a URL without user, password, "?" and "#": put credentials into a profile or variables`,
    );
  }
  if (/^https?:$/.test(protocol)) return url;
  throw new InvalidInputError(`Expected ${name} to be a URL like http://localhost:9000, got "${url.trim()}"`);
}

interface NamedEndpoint {
  /** Its name in messages. */
  readonly name: string;
  readonly url: string | undefined;
}

/** The first one that is set applies. */
function namedEndpoints(env: NodeJS.ProcessEnv, option: string | undefined, config: AwsConfig): NamedEndpoint[] {
  const profile = profileName(env);
  const ofProfile = `endpoint_url of the profile "${profile}"`;
  if (option !== undefined) return [{ name: '--endpoint-url', url: option || ' ' }];
  return [
    { name: 'AWS_ENDPOINT_URL_S3', url: env.AWS_ENDPOINT_URL_S3 },
    { name: 'AWS_ENDPOINT_URL', url: env.AWS_ENDPOINT_URL },
    { name: `the ${ofProfile} (services, s3)`, url: servicesOfProfile(env, config)?.['s3.endpoint_url'] },
    { name: `the ${ofProfile}`, url: config.profiles.get(profile)?.endpoint_url },
  ];
}

/**
 * How requests name a bucket: in the path, or in the host.
 *
 * @param env  is changed
 * @param option  `--addressing-style`; it overrides `addressing_style` of the profile
 * @throws InvalidInputError
 */
export function useAddressingStyle(env: NodeJS.ProcessEnv, option: string | undefined, { profiles }: AwsConfig): void {
  const style = checkStyle(option, '--addressing-style') ?? styleOfProfile(profileName(env), { profiles });
  if (style !== undefined) env[ENVIRONMENT.addressingStyle] = style;
}

/** @throws InvalidInputError */
export function styleOfProfile(
  profile: string,
  { profiles }: Pick<AwsConfig, 'profiles'>,
): AddressingStyle | undefined {
  return checkStyle(profiles.get(profile)?.['s3.addressing_style'], `s3.addressing_style of the profile "${profile}"`);
}

/** @throws InvalidInputError */
export function checkStyle(style: string | undefined, name: string): AddressingStyle | undefined {
  const known = ADDRESSING_STYLES.find((one) => one === style);
  if (style === undefined || known) return known;
  throw new InvalidInputError(`Expected ${name} to be ${ADDRESSING_STYLES.join(', ')}, got "${style}"`);
}

/** For one side of a run, which has a profile of its own. @throws InvalidInputError */
export function endpointOfProfile(env: NodeJS.ProcessEnv, config: AwsConfig): string | undefined {
  return servicesOfProfile(env, config)?.['s3.endpoint_url'] || config.profiles.get(profileName(env))?.endpoint_url;
}

/** @throws InvalidInputError */
function servicesOfProfile(env: NodeJS.ProcessEnv, { profiles, services }: AwsConfig): Section | undefined {
  const title = profiles.get(profileName(env))?.services;
  if (title === undefined) return undefined;
  const section = services.get(title);
  if (section) return section;
  throw new InvalidInputError(`Expected a section [services ${title}] in the AWS configuration, got none`);
}
