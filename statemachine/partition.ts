/** Parts of AWS that know nothing of each other. The first whose Regions begin so. */
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

/** The Region that S3 is asked in if none is configured. S3 tells a bucket's Region in every Region of its partition. */
export const ANY_REGION = 'us-east-1';

/** What stands in ARNs behind `arn:`. */
export function partitionOf(region: string): string {
  return PARTITIONS.find(({ regions }) => region.startsWith(regions))?.name ?? 'aws';
}

/** What the names of a partition's endpoints end in. */
export function dnsSuffixOf(partition: string): string {
  return PARTITIONS.find(({ name }) => name === partition)?.suffix ?? 'amazonaws.com';
}

export const DNS_SUFFIXES: readonly string[] = [...new Set(PARTITIONS.map(({ suffix }) => suffix))];
