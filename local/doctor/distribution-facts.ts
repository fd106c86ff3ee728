import type { DistributionConfig } from '@aws-sdk/client-cloudfront';
import type { InvalidateInput } from '../../lambdas/engine/invalidation/paths-of-key';
import type { Answer } from './finding';

/** A distribution that a mirror invalidates, as somebody asks about it. */
export interface DistributionQuestion extends Pick<InvalidateInput, 'originPath'> {
  readonly id: string;
  /** The destination that it should serve. */
  readonly bucket: string;
  readonly prefix: string;
  /** Where CloudFront is asked: it has one endpoint for each partition. */
  readonly region: string;
  /** Of S3, if it is not AWS. */
  readonly endpoint: string | undefined;
  /** Options for commands of the AWS CLI. */
  readonly awsOptions: readonly string[];
}

export interface DistributionSettings {
  readonly config: DistributionConfig;
  /** With it, a command changes only what the doctor has seen. */
  readonly eTag: string;
}

export interface DistributionFacts extends DistributionQuestion {
  /** Undefined: there is none of this name. */
  readonly settings: Answer<DistributionSettings | undefined>;
  /** Why CloudFront did not accept the newest invalidation of a deployed mirror, or true. Undefined: there was none. Absent: nobody asked. */
  readonly lastTold?: Answer<true | string | undefined>;
}
