import { isAwsEndpoint } from '../statemachine/aws-endpoint';
import { InvalidInputError } from '../statemachine/errors';
import type { AwsConfig, Section } from './aws-config';
import { profileName } from './profile';

/**
 * Makes sure that an endpoint that was named is the one that is asked, whatever AWS_IGNORE_CONFIGURED_ENDPOINT_URLS says: with it the SDK
 * would go to AWS.
 *
 * @param env  is changed
 * @param option  `--endpoint-url`; it wins over the environment, which wins over the profile
 * @throws InvalidInputError  it is no URL, or the profile names a `services` section that is not there
 */
export function useEndpoint(env: NodeJS.ProcessEnv, option: string | undefined, config: AwsConfig): void {
  // The SDK would read it of a profile itself, but for what it is told to ignore.
  const sts = env.AWS_ENDPOINT_URL_STS || servicesOfProfile(env, config)?.['sts.endpoint_url'];
  if (sts) env.AWS_ENDPOINT_URL_STS = checkEndpoint(sts, 'the endpoint of STS');
  const endpoint = option ?? (env.AWS_ENDPOINT_URL_S3 || env.AWS_ENDPOINT_URL || endpointOfProfile(env, config));
  if (endpoint === undefined) return;
  env.AWS_ENDPOINT_URL_S3 = checkEndpoint(endpoint, option === undefined ? 'the endpoint of S3' : '--endpoint-url');
  env.AWS_IGNORE_CONFIGURED_ENDPOINT_URLS = 'false';
  // An instance of AWS has credentials for AWS.
  if (!isAwsEndpoint(endpoint)) env.AWS_EC2_METADATA_DISABLED ??= 'true';
}

/** @throws InvalidInputError */
export function checkEndpoint(url: string, name = '--endpoint-url'): string {
  const { protocol = '', username, password, search, hash } = URL.parse(url) ?? {};
  if (username || password || search || hash) {
    // It would be printed, and kept in reports.
    throw new InvalidInputError(
      `Expected ${name} to be a URL without user, password, "?" and "#": credentials have a profile or variables of their own`,
    );
  }
  if (/^https?:$/.test(protocol)) return url;
  throw new InvalidInputError(`Expected ${name} to be a URL like http://localhost:9000, got "${url}"`);
}

function endpointOfProfile(env: NodeJS.ProcessEnv, config: AwsConfig): string | undefined {
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
