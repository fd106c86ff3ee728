import { HeadBucketCommand, S3ServiceException } from '@aws-sdk/client-s3';
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
    if (status === 403) throw new AccessDeniedError(describeDenial(bucket, owner), { cause: error });
    throw error;
  }
}

/** No answer of S3 at all: no network, no such endpoint, no credentials. Name and message are the SDK's. */
function unreachable(bucket: string, cause: unknown): Error {
  const { name, message } = cause instanceof Error ? cause : new Error(String(cause));
  return Object.assign(new Error(`Could not ask S3 for s3://${bucket}: ${message}`, { cause }), { name });
}

function describeDenial(bucket: string, owner: string | undefined): string {
  const owned = owner === undefined ? '' : `, or it does not belong to account ${owner}`;
  return `S3 refused access to s3://${bucket} (403): allow s3:ListBucket on arn:aws:s3:::${bucket}${owned}`;
}
