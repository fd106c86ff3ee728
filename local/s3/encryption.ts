import type { Headers } from './checksums';
import { invalidArgument } from './errors';

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
export const AWS_MANAGED_KEY = 'arn:aws:kms:us-east-1:000000000000:key/aws-s3';

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
    kmsKeyId: headers[`${header}-aws-kms-key-id`] ?? AWS_MANAGED_KEY,
    bucketKey: headers[`${header}-bucket-key-enabled`] === 'true',
  };
}

/** The headers that tell a client how an object is encrypted. */
export function encryptionHeaders(encryption: Encryption): Headers {
  return {
    [header]: encryption.algorithm,
    [`${header}-aws-kms-key-id`]:
      encryption.algorithm === 'AES256' ? undefined : (encryption.kmsKeyId ?? AWS_MANAGED_KEY),
    [`${header}-bucket-key-enabled`]: encryption.bucketKey ? 'true' : undefined,
  };
}
