import type { Bucket } from './bucket';
import { AWS_MANAGED_KEY, type Encryption } from './encryption';
import { S3Error } from './errors';

/**
 * Checks the KMS actions that S3 performs for the caller. The bucket's `deny` lists the actions that the caller may not do.
 *
 * @throws S3Error AccessDenied, with a message that names the action and the key
 */
export function useKey(bucket: Bucket, encryption: Encryption, action: 'kms:GenerateDataKey' | 'kms:Decrypt'): void {
  if (encryption.algorithm !== 'AES256' && bucket.denies(action)) {
    const key = encryption.kmsKeyId ?? AWS_MANAGED_KEY;
    throw new S3Error(
      403,
      'AccessDenied',
      `User: arn:aws:iam::${bucket.ownerId}:user/test is not authorized to perform: ${action} on resource: ${key} because no identity-based policy allows the ${action} action`,
    );
  }
}
