import { DNS_SUFFIXES } from './partition';

/** As the AWS CLI has them. `auto` is in the path for an endpoint that was named, and in the host for AWS. */
export const ADDRESSING_STYLES = ['auto', 'path', 'virtual'] as const;

const SUFFIXES = [...DNS_SUFFIXES, 'api.aws'].map((suffix) => `.${suffix}`);

/** Whether an endpoint is one of AWS, such as that of a VPC, and not of another S3. */
export function isAwsEndpoint(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { hostname } = new URL(url);
  return SUFFIXES.some((suffix) => hostname.endsWith(suffix));
}
