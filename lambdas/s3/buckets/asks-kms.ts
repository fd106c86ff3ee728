/** Fields of an answer about the encryption of an object that S3 has written, or read for a checksum. */
export interface Encrypted {
  readonly ServerSideEncryption?: string;
  readonly BucketKeyEnabled?: boolean;
}

/** Whether S3 had to ask KMS for this object. With a bucket key this is rare. */
export function asksKms({ ServerSideEncryption = '', BucketKeyEnabled }: Encrypted): boolean {
  return ServerSideEncryption.startsWith('aws:kms') && BucketKeyEnabled !== true;
}
