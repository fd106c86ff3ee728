import type { Headers } from './checksums';
import { invalidArgument } from './errors';

/** How an object is encrypted at rest. */
export interface Encryption {
  readonly algorithm: string;
  readonly kmsKeyId?: string;
  readonly bucketKey?: boolean;
}

/** The encryption of every object since 2023. */
export const SSE_S3: Encryption = { algorithm: 'AES256' };

const HEADER = 'x-amz-server-side-encryption';
const ALGORITHMS = ['AES256', 'aws:kms', 'aws:kms:dsse'];
export const AWS_MANAGED_KEY = 'arn:aws:kms:us-east-1:000000000000:key/aws-s3';

/** The encryption a request asks for, or `fallback`, the bucket's default. */
export function readEncryption(headers: Headers, fallback: Encryption): Encryption {
  const algorithm = headers[HEADER];
  if (algorithm === undefined) return fallback;
  if (!ALGORITHMS.includes(algorithm))
    throw invalidArgument('The encryption method specified is not supported', HEADER, algorithm);
  if (algorithm === 'AES256') return SSE_S3;
  return {
    algorithm,
    kmsKeyId: headers[`${HEADER}-aws-kms-key-id`] ?? AWS_MANAGED_KEY,
    bucketKey: headers[`${HEADER}-bucket-key-enabled`] === 'true',
  };
}

/** The headers that tell a client how an object is encrypted. */
export function encryptionHeaders(encryption: Encryption): Headers {
  return {
    [HEADER]: encryption.algorithm,
    [`${HEADER}-aws-kms-key-id`]:
      encryption.algorithm === 'AES256' ? undefined : (encryption.kmsKeyId ?? AWS_MANAGED_KEY),
    [`${HEADER}-bucket-key-enabled`]: encryption.bucketKey ? 'true' : undefined,
  };
}
