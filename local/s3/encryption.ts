import type { Bucket } from './bucket';
import type { Headers } from './checksums';
import { invalidArgument, S3Error } from './errors';

/** How an object is encrypted at rest. */
export interface Encryption {
  readonly algorithm: string;
  readonly kmsKeyId?: string;
  readonly bucketKey?: boolean;
}

/** The encryption of every object since 2023. */
export const sseS3: Encryption = { algorithm: 'AES256' };

const header = 'x-amz-server-side-encryption';
const algorithms = ['AES256', 'aws:kms', 'aws:kms:dsse'];
const awsManagedKey = 'arn:aws:kms:us-east-1:000000000000:key/aws-s3';

/** The encryption a request asks for, or `fallback`, the bucket's default. */
export function readEncryption(headers: Headers, fallback: Encryption): Encryption {
  const algorithm = headers[header];
  if (algorithm === undefined) {
    return fallback;
  }
  if (!algorithms.includes(algorithm)) {
    throw invalidArgument('The encryption method specified is not supported', header, algorithm);
  }
  if (algorithm === 'AES256') {
    return sseS3;
  }
  return {
    algorithm,
    kmsKeyId: headers[`${header}-aws-kms-key-id`] ?? awsManagedKey,
    bucketKey: headers[`${header}-bucket-key-enabled`] === 'true',
  };
}

/**
 * Checks the KMS actions that S3 performs for the caller. The bucket's `deny` lists the actions that the caller may not do.
 *
 * @throws S3Error AccessDenied, with a message that names the action and the key
 */
export function useKey(bucket: Bucket, encryption: Encryption, action: 'kms:GenerateDataKey' | 'kms:Decrypt'): void {
  if (encryption.algorithm !== 'AES256' && bucket.denies(action)) {
    const key = encryption.kmsKeyId ?? awsManagedKey;
    throw new S3Error(
      403,
      'AccessDenied',
      `User: arn:aws:iam::${bucket.ownerId}:user/test is not authorized to perform: ${action} on resource: ${key} because no identity-based policy allows the ${action} action`,
    );
  }
}

/** The headers that tell a client how an object is encrypted. */
export function encryptionHeaders(encryption: Encryption): Headers {
  return {
    [header]: encryption.algorithm,
    [`${header}-aws-kms-key-id`]:
      encryption.algorithm === 'AES256' ? undefined : (encryption.kmsKeyId ?? awsManagedKey),
    [`${header}-bucket-key-enabled`]: encryption.bucketKey ? 'true' : undefined,
  };
}
