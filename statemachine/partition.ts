/** Parts of AWS that are separate from each other. The first entry applies whose text begins the name of the Region. */
const PARTITIONS = [
  { name: 'aws-cn', regions: 'cn-', suffix: 'amazonaws.com.cn' },
  { name: 'aws-us-gov', regions: 'us-gov-', suffix: 'amazonaws.com' },
  { name: 'aws-iso', regions: 'us-iso-', suffix: 'c2s.ic.gov' },
  { name: 'aws-iso-b', regions: 'us-isob-', suffix: 'sc2s.sgov.gov' },
  { name: 'aws-iso-e', regions: 'eu-isoe-', suffix: 'cloud.adc-e.uk' },
  { name: 'aws-iso-f', regions: 'us-isof-', suffix: 'csp.hci.ic.gov' },
  { name: 'aws-eusc', regions: 'eusc-', suffix: 'amazonaws.eu' },
  { name: 'aws', regions: '', suffix: 'amazonaws.com' },
] as const;

export const PARTITION_NAMES: readonly string[] = PARTITIONS.map(({ name }) => name).reverse();

/** The Region of the first request if none is configured. S3 tells a bucket's Region in every Region of its partition. */
export const ANY_REGION = 'us-east-1';

/** The text after `arn:` in ARNs. */
export function partitionOf(region: string): string {
  return PARTITIONS.find(({ regions }) => region.startsWith(regions))?.name ?? 'aws';
}

/** The Region in an ARN, such as `arn:aws:states:eu-west-1:…`. Undefined if there is none, as in the ARN of a bucket or a role. */
export function regionOfArn(arn: string): string | undefined {
  return arn.split(':')[3] || undefined;
}

/** The end of the names of a partition's endpoints. */
export function dnsSuffixOf(partition: string): string {
  return PARTITIONS.find(({ name }) => name === partition)?.suffix ?? 'amazonaws.com';
}

export const DNS_SUFFIXES: readonly string[] = [...new Set(PARTITIONS.map(({ suffix }) => suffix))];
