import { ListObjectsV2Command, type S3Client } from '@aws-sdk/client-s3';
import { BucketRequests } from '../client/bucket-requests';
import { observed } from '../client/s3-requests';
import { isExpired } from '../credentials/renew-credentials';
import type { Side } from './side';

const GOOD_FOR_MS = 10_000;

interface Look {
  readonly at: number;
  /** What S3 says, if it refuses. */
  readonly answer: Promise<unknown>;
}
const looks = new WeakMap<S3Client, Look>();

/**
 * The answer to a HEAD has no code. If it may be about the credentials, a list page is asked for, whose answer has one: once for all
 * that fail within some seconds.
 *
 * @returns the error that tells of expired credentials; else the one that came
 */
export async function putInWords(side: Side, error: unknown): Promise<unknown> {
  if (!isWordless(error)) return error;
  const { client } = side;
  const known = looks.get(client);
  const look = known && Date.now() - known.at < GOOD_FOR_MS ? known : { at: Date.now(), answer: ask(side) };
  looks.set(client, look);
  const answer = await look.answer;
  if (!isExpired(answer)) return error;
  looks.delete(client); // with other credentials it is another question
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

/** S3 answers a HEAD with expired credentials by 400, and one with an unknown key by 403. */
function isWordless(error: unknown): boolean {
  const { name = '', $metadata } = error as { name?: string; $metadata?: { httpStatusCode?: number } };
  const status = $metadata?.httpStatusCode;
  return (status === 400 || status === 403) && /^(Unknown|UnknownError|BadRequest|Forbidden|[45]\d\d)$/.test(name);
}
