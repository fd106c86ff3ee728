import { ListObjectsV2Command, type S3Client } from '@aws-sdk/client-s3';
import { BucketRequests } from '../client/bucket-requests';
import { observed } from '../client/s3-requests';
import { isExpired } from '../credentials/renew-credentials';
import type { Side } from './side';

const GOOD_FOR_MS = 10_000;

interface Look {
  readonly at: number;
  /** S3's error, if it rejects the request. */
  readonly answer: Promise<unknown>;
}
const looks = new WeakMap<S3Client, Look>();

/**
 * The answer to HEAD has no code. If the credentials may be the reason, a list request is sent, whose answer has a code. This is
 * done once for all requests that fail within a few seconds.
 *
 * @returns the error about expired credentials; otherwise the original error
 */
export async function putInWords(side: Side, error: unknown): Promise<unknown> {
  if (!isWordless(error)) return error;
  const { client } = side;
  const known = looks.get(client);
  const look = known && Date.now() - known.at < GOOD_FOR_MS ? known : { at: Date.now(), answer: ask(side) };
  looks.set(client, look);
  const answer = await look.answer;
  if (!isExpired(answer)) return error;
  looks.delete(client); // other credentials require a new request
  return answer;
}

function ask({ client, bucket, prefix, owner, requestPayer, observer }: Side): Promise<unknown> {
  const command = new ListObjectsV2Command({
    Bucket: bucket,
    Prefix: prefix || undefined,
    MaxKeys: 1,
    ExpectedBucketOwner: owner,
    RequestPayer: requestPayer,
  });
  return observed('list', observer, () => BucketRequests.of(client, bucket).send(command)).then(
    () => undefined,
    (error: unknown) => error,
  );
}

/** S3 answers HEAD with 400 if the credentials have expired, and with 403 if the access key is unknown. */
function isWordless(error: unknown): boolean {
  const { name = '', $metadata } = error as { name?: string; $metadata?: { httpStatusCode?: number } };
  const status = $metadata?.httpStatusCode;
  return (status === 400 || status === 403) && /^(Unknown|UnknownError|BadRequest|Forbidden|[45]\d\d)$/.test(name);
}
