import { HeadBucketCommand, ListObjectsV2Command, type S3Client, S3ServiceException } from '@aws-sdk/client-s3';
import { AccessDeniedError, BucketNotFoundError } from '../../statemachine/errors';
import { anyRegionClient } from './s3-client';

/**
 * Asks where a bucket is.
 *
 * @throws BucketNotFoundError | AccessDeniedError
 */
export async function findRegion(bucket: string, owner: string | undefined): Promise<string> {
  const client = await anyRegionClient();
  try {
    const { BucketRegion } = await client.send(new HeadBucketCommand({ Bucket: bucket, ExpectedBucketOwner: owner }));
    return BucketRegion || (await client.config.region());
  } catch (error) {
    if (!(error instanceof S3ServiceException)) throw unreachable(bucket, error);
    const status = error.$metadata.httpStatusCode;
    if (status === 404) throw new BucketNotFoundError(`There is no bucket s3://${bucket}`, { cause: error });
    const reason = await askForReason(client, bucket, owner);
    if (status !== 403 || isAboutCredentials(reason)) throw unreachable(bucket, reason ?? error);
    throw new AccessDeniedError(describeDenial(bucket, owner), { cause: error });
  }
}

/** The answer to a HEAD has no words, so the same is asked in a way that has. */
async function askForReason(client: S3Client, bucket: string, owner: string | undefined): Promise<Error | undefined> {
  try {
    await client.send(new ListObjectsV2Command({ Bucket: bucket, ExpectedBucketOwner: owner, MaxKeys: 1 }));
  } catch (error) {
    if (error instanceof S3ServiceException) return error;
  }
  return undefined;
}

function isAboutCredentials(error: Error | undefined): boolean {
  const names = ['InvalidAccessKeyId', 'SignatureDoesNotMatch', 'InvalidToken', 'ExpiredToken', 'RequestTimeTooSkewed'];
  return error !== undefined && names.includes(error.name);
}

/** No network, no such endpoint, no credentials or none that S3 takes. Name and message are the SDK's. */
function unreachable(bucket: string, cause: unknown): Error {
  const { name, message } = cause instanceof Error ? cause : new Error(String(cause));
  const status = cause instanceof S3ServiceException ? cause.$metadata.httpStatusCode : undefined;
  const reason = message === 'UnknownError' ? `it answered ${status}` : message;
  return Object.assign(new Error(`Could not ask S3 for s3://${bucket}: ${reason}`, { cause }), { name });
}

function describeDenial(bucket: string, owner: string | undefined): string {
  const owned = owner === undefined ? '' : `, or it does not belong to account ${owner}`;
  return `S3 refused access to s3://${bucket} (403): allow s3:ListBucket on arn:aws:s3:::${bucket}${owned}`;
}
