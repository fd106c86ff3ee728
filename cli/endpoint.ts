import { isAwsEndpoint } from '../statemachine/aws-endpoint';
import { InvalidInputError } from '../statemachine/errors';
import type { AwsConfig } from './aws-config';
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
  const endpoint = option ?? (env.AWS_ENDPOINT_URL_S3 || env.AWS_ENDPOINT_URL || endpointOfProfile(env, config));
  if (endpoint === undefined) return;
  env.AWS_ENDPOINT_URL_S3 = checkEndpoint(endpoint, option === undefined ? 'the endpoint of S3' : '--endpoint-url');
  env.AWS_IGNORE_CONFIGURED_ENDPOINT_URLS = 'false';
  // An instance of AWS has credentials for AWS.
  if (!isAwsEndpoint(endpoint)) env.AWS_EC2_METADATA_DISABLED ??= 'true';
}

/** @throws InvalidInputError */
export function checkEndpoint(url: string, name = '--endpoint-url'): string {
  if (URL.canParse(url) && /^https?:$/.test(new URL(url).protocol)) return url;
  throw new InvalidInputError(`Expected ${name} to be a URL like http://localhost:9000, got "${url}"`);
}

function endpointOfProfile(env: NodeJS.ProcessEnv, { profiles, services }: AwsConfig): string | undefined {
  const { services: title, endpoint_url: own } = profiles.get(profileName(env)) ?? {};
  if (title === undefined) return own;
  const section = services.get(title);
  if (section) return section['s3.endpoint_url'] || own;
  throw new InvalidInputError(`Expected a section [services ${title}] in the AWS configuration, got none`);
}
