/** What S3 says of the encryption of what it has written, or read for a checksum. */
export interface Encrypted {
  readonly ServerSideEncryption?: string;
  readonly BucketKeyEnabled?: boolean;
}

/** Whether S3 had to ask KMS for this very object: with a bucket key it does so seldom. */
export function asksKms({ ServerSideEncryption = '', BucketKeyEnabled }: Encrypted): boolean {
  return ServerSideEncryption.startsWith('aws:kms') && BucketKeyEnabled !== true;
}
