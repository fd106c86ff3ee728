/** When somebody last compared these prices with what AWS publishes. */
export const PRICES_AS_OF = '2026-11-28';

/** A Region without prices of its own in this file costs as much as this one, as far as we know. */
const USUAL_REGION = 'us-east-1';

/**
 * List prices of us-east-1 in US dollars. No other file of the project holds prices; a price in a document is held by a test.
 *
 * | what | where AWS publishes it |
 * | --- | --- |
 * | S3: requests, retrieval, transfer, storage, shortest time and size | https://aws.amazon.com/s3/pricing/ |
 * | KMS | https://aws.amazon.com/kms/pricing/ |
 * | Step Functions, Lambda on arm64 | https://aws.amazon.com/step-functions/pricing/, https://aws.amazon.com/lambda/pricing/ |
 * | CloudFront | https://aws.amazon.com/cloudfront/pricing/ |
 * | CloudWatch | https://aws.amazon.com/cloudwatch/pricing/ |
 * | S3 in other Regions | https://pricing.us-east-1.amazonaws.com/offers/v1.0/aws/AmazonS3/current/REGION/index.json |
 */
export const PRICES = {
  /** The storage class of the listed objects makes no difference. */
  list: 0.005 / 1000,
  kmsRequest: 0.03 / 10_000,
  stateTransition: 0.025 / 1000,
  lambdaRequest: 0.2 / 1_000_000,
  lambdaGbSecond: 0.0000133334,
  /** A path, a wildcard or a tag. The first 1,000 of an account in a month are free; a run cannot know how many are left. */
  invalidationPath: 0.005,
  /** A metric of our own, for the hours in which it has values. */
  metricMonth: 0.3,
  /** For each metric that an alarm reads. */
  alarmMetricMonth: 0.1,
  /** Beyond the third one of an account. */
  dashboardMonth: 3,
  logGib: 0.5,
} as const;

/** How much more a Region costs than us-east-1. Retrieval, storage, KMS and Lambda on arm64 count at the price of us-east-1. */
interface RegionFactors {
  /** Requests that list or write. */
  readonly writes: number;
  /** HEADs. */
  readonly reads: number;
  readonly stateTransitions: number;
}

/** As AWS prints them: 1,000 requests that write, 1,000 that read, and 1,000 state transitions. */
const REGIONS: Readonly<Record<string, RegionFactors>> = {
  [USUAL_REGION]: factors(0.005, 0.0004, 0.025),
  'us-east-2': factors(0.005, 0.0004, 0.025),
  'us-west-1': factors(0.0055, 0.00044, 0.0279),
  'us-west-2': factors(0.005, 0.0004, 0.025),
  'ca-central-1': factors(0.0055, 0.00044, 0.025),
  'eu-central-1': factors(0.0054, 0.00043, 0.025),
  'eu-north-1': factors(0.005, 0.0004, 0.025),
  'eu-west-1': factors(0.005, 0.0004, 0.025),
  'eu-west-2': factors(0.0053, 0.00042, 0.025),
  'eu-west-3': factors(0.0053, 0.00042, 0.0297),
  'ap-northeast-1': factors(0.0047, 0.00037, 0.025),
  'ap-northeast-2': factors(0.0045, 0.00035, 0.0271),
  'ap-south-1': factors(0.005, 0.0004, 0.0285),
  'ap-southeast-1': factors(0.005, 0.0004, 0.025),
  'ap-southeast-2': factors(0.0055, 0.00044, 0.025),
  'sa-east-1': factors(0.007, 0.00056, 0.0375),
};

function factors(writes: number, reads: number, stateTransitions: number): RegionFactors {
  return { writes: writes / 0.005, reads: reads / 0.0004, stateTransitions: stateTransitions / 0.025 };
}

/** The Region whose prices apply. Another S3 calls its Region as it likes. */
export function pricedRegion(region: string | undefined): string {
  return region !== undefined && Object.hasOwn(REGIONS, region) ? region : USUAL_REGION;
}

export function factorsOf(region: string | undefined): RegionFactors {
  return REGIONS[pricedRegion(region)] ?? factorsOf(USUAL_REGION);
}

/** For each GiB from one Region to another: https://aws.amazon.com/s3/pricing/, "Data transfer". */
const TRANSFER_GIB: Readonly<Record<string, number>> = {
  'af-south-1': 0.147,
  'ap-east-1': 0.09,
  'ap-northeast-1': 0.09,
  'ap-northeast-2': 0.08,
  'ap-northeast-3': 0.09,
  'ap-south-1': 0.086,
  'ap-south-2': 0.086,
  'ap-southeast-1': 0.09,
  'ap-southeast-2': 0.098,
  'ap-southeast-3': 0.1,
  'ap-southeast-4': 0.1,
  'me-central-1': 0.085,
  'me-south-1': 0.1105,
  'sa-east-1': 0.138,
};
/** In North America and Europe, and in all other Regions as far as we know. */
const TRANSFER_GIB_ELSEWHERE = 0.02;
/** Between the two Regions for which AWS has a lower price. */
const TRANSFER_GIB_NEAR = 0.01;
const NEAR = ['us-east-1', 'us-east-2'];

/** The price of a GiB that is copied from one Region to another. */
export function transferGib(from: string, to: string): number {
  if (from === to) return 0;
  if (NEAR.includes(from) && NEAR.includes(to)) return TRANSFER_GIB_NEAR;
  return (Object.hasOwn(TRANSFER_GIB, from) && TRANSFER_GIB[from]) || TRANSFER_GIB_ELSEWHERE;
}

/**
 * For each GiB that goes to the internet: up to how many GiB in a month, and the price. Compared on 2026-11-28 with what others
 * wrote about AWS's page in April and June 2026; all agree. The first 100 GB that an account sends in a month are free, for all
 * its services together. A run cannot know how much of that is left, so it counts these GB as well.
 */
const TRANSFER_OUT_GIB: readonly (readonly [upToGib: number, usd: number])[] = [
  [10 * 1024, 0.09],
  [50 * 1024, 0.085],
  [150 * 1024, 0.07],
  [Number.POSITIVE_INFINITY, 0.05],
];

/**
 * The price of this many GiB from one Region to the internet, if nothing else was sent in that month. Some Regions cost more. This
 * table has only their price to other Regions, and the internet nowhere costs less than that.
 */
export function transferOut(gib: number, from: string): number {
  const least = (Object.hasOwn(TRANSFER_GIB, from) && TRANSFER_GIB[from]) || 0;
  let [usd, sent] = [0, 0];
  for (const [upTo, price] of TRANSFER_OUT_GIB) {
    const inTier = Math.max(0, Math.min(gib, upTo) - sent);
    usd += inTier * Math.max(price, least);
    sent += inTier;
  }
  return usd;
}

/** Prices that depend on the storage class of an object. Deletes are free in every class. */
export interface ClassPrices {
  /** A COPY, and each other request that writes. */
  readonly write: number;
  /** A HEAD. */
  readonly read: number;
  /** For each GiB that is read. Archives cannot be read, and restores are not part of these prices. */
  readonly retrievalGib: number;
  readonly storageGibMonth: number;
  /** The shortest time and the smallest size that AWS charges for. */
  readonly leastDays: number;
  readonly leastBytes: number;
}

const KIB_128 = 128 * 1024;

const STANDARD = row(0.005, 0.0004, 0, 0.023, 0, 0);

/** A class that is not listed here costs as much as STANDARD, as far as we know. */
const CLASSES: Readonly<Record<string, ClassPrices>> = {
  STANDARD,
  INTELLIGENT_TIERING: STANDARD,
  STANDARD_IA: row(0.01, 0.001, 0.01, 0.0125, 30, KIB_128),
  ONEZONE_IA: row(0.01, 0.001, 0.01, 0.01, 30, KIB_128),
  GLACIER_IR: row(0.02, 0.01, 0.03, 0.004, 90, KIB_128),
  GLACIER: row(0.03, 0.0004, 0, 0.0036, 90, 0),
  DEEP_ARCHIVE: row(0.05, 0.0004, 0, 0.00099, 180, 0),
};

export function pricesOf(storageClass: string): ClassPrices {
  return (Object.hasOwn(CLASSES, storageClass) && CLASSES[storageClass]) || STANDARD;
}

/** @param write,read  for 1,000 requests, as AWS prints them */
function row(
  write: number,
  read: number,
  retrievalGib: number,
  storageGibMonth: number,
  leastDays: number,
  leastBytes: number,
): ClassPrices {
  return { write: write / 1000, read: read / 1000, retrievalGib, storageGibMonth, leastDays, leastBytes };
}
