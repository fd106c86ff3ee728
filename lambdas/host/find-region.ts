import { HeadBucketCommand, ListObjectsV2Command, type S3Client, S3ServiceException } from '@aws-sdk/client-s3';
import { AccessDeniedError, BucketNotFoundError } from '../../statemachine/errors';
import type { Side } from '../../statemachine/input/sides';
import { partitionOf } from '../../statemachine/partition';
import { formatS3Url } from '../../wording/s3-url';
import { adviseOnCode, adviseOnDeny, explicitDeny, hasAdvice } from '../engine/permissions/explain-denial';
import { BucketRequests } from '../s3/client/bucket-requests';
import type { Response } from '../s3/client/read-answer';
import { anyRegionClient, s3Client } from '../s3/client/s3-client';
import { withFreshCredentials } from '../s3/credentials/renew-credentials';
import { endpointOf, type World, worldOf } from '../s3/credentials/worlds';
import { passingFailure } from '../s3/errors/passing-failure';
import { CREDENTIAL_FAULTS, errorCode, isMissingPermission } from '../s3/errors/s3-errors';
import { codeOf, describeError, isOfSomethingElse, mayPass, messageOf, statusOf } from '../s3/errors/server-words';
import { isOfConnection } from '../s3/network/connection-faults';

/**
 * Finds the region of a bucket.
 *
 * @param side  side of the run that has the bucket
 * @param prefix  the run's folder: a run that may list only this folder can still mirror it
 * @throws BucketNotFoundError | AccessDeniedError
 */
export async function findRegion(
  bucket: string,
  owner: string | undefined,
  prefix = '',
  requestPayer?: 'requester',
  side: Side = 'destination',
): Promise<string> {
  const world = worldOf(side, bucket);
  const client = await anyRegionClient(world);
  try {
    const { BucketRegion } = await client.send(new HeadBucketCommand({ Bucket: bucket, ExpectedBucketOwner: owner }));
    return BucketRegion || (await client.config.region());
  } catch (error) {
    if (!(error instanceof S3ServiceException)) throw unreachable(bucket, error);
    const status = error.$metadata.httpStatusCode;
    if (status === 404) throw new BucketNotFoundError(`There is no bucket ${formatS3Url(bucket)}`, { cause: error });
    const region = regionIn(error) ?? (await client.config.region());
    const place = { bucket, owner, prefix, region, requestPayer, world };
    // the answer to HEAD has no message, so another request asks for the same with one
    const refusal = await askForFolder(s3Client(region, world), place);
    // with expired credentials HEAD gets a 400; the list request may have had newer credentials
    // another server may not know HeadBucket
    if ([403, 400, 405, 501].includes(status ?? 0) && refusal === undefined) return region;
    const isOfPermissions =
      status === 403 && !isOfSomethingElse(refusal) && !CREDENTIAL_FAULTS.has(refusal?.name ?? '');
    if (!isOfPermissions) throw unreachable(bucket, refusal ?? error);
    throw new AccessDeniedError(describeDenial(place, refusal ?? error), { cause: refusal ?? error });
  }
}

const NAME_IT = 'if that is the S3 endpoint, name it. bucketsync does not follow redirects to other servers';
const NOT_S3 =
  'A proxy, a firewall or a web server answers instead of S3: make sure that the endpoint is right, and that it lets requests to S3 through';

interface Place {
  readonly bucket: string;
  readonly owner: string | undefined;
  readonly prefix: string;
  readonly region: string;
  /** HeadBucket cannot tell this, so the folder is listed. */
  readonly requestPayer: 'requester' | undefined;
  readonly world: World;
}

/** S3 also tells the region with a 403. */
function regionIn(error: S3ServiceException): string | undefined {
  const { headers } = (error.$response as Response | undefined) ?? {};
  return headers?.['x-amz-bucket-region'];
}

/** HeadBucket requires the whole bucket, which a policy with `s3:prefix` does not allow. @returns why the folder may not be listed */
async function askForFolder(
  client: S3Client,
  { bucket, owner, prefix, requestPayer }: Place,
): Promise<Error | undefined> {
  const folder = {
    Bucket: bucket,
    ExpectedBucketOwner: owner,
    Prefix: prefix || undefined,
    RequestPayer: requestPayer,
  };
  try {
    // unlike the client, this keeps the body of an answer that is not S3's
    const requests = BucketRequests.of(client, bucket);
    await withFreshCredentials(client, () => requests.send(new ListObjectsV2Command({ ...folder, MaxKeys: 1 })));
    return undefined;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

/** No network, no such endpoint, no credentials, or rejected credentials. Its name is the server's code or the SDK's. */
function unreachable(bucket: string, cause: unknown): Error {
  const { name, advice } = mayPass(cause) || isOfConnection(cause) ? passingFailure(cause) : lastingFailure(cause);
  const hint = advice === '' ? '' : `. ${advice}`;
  const message = `Could not ask S3 for ${formatS3Url(bucket)}: ${messageOf(cause)}${hint}`;
  return Object.assign(new Error(message, { cause }), { name });
}

function lastingFailure(cause: unknown): { readonly name: string; readonly advice: string } {
  const place = elsewhere(cause);
  if (place !== undefined) return { name: 'EndpointError', advice: `It redirects to ${place}: ${NAME_IT}` };
  if (isOfSomethingElse(cause)) return { name: 'EndpointError', advice: NOT_S3 };
  const name = codeOf(cause);
  return { name, advice: hasAdvice(name) ? adviseOnCode(name) : '' };
}

/** Where a web server sends browsers. S3 itself tells another region in another way. */
function elsewhere(error: unknown): string | undefined {
  const { headers } = ((error as S3ServiceException).$response as Response | undefined) ?? {};
  const { origin } = URL.parse(headers?.location ?? '') ?? {};
  const isRedirect = Math.trunc((statusOf(error) ?? 0) / 100) === 3;
  return isRedirect && !headers?.['x-amz-bucket-region'] ? origin : undefined;
}

function describeDenial({ bucket, owner, prefix, region, requestPayer, world }: Place, refusal: Error): string {
  const refused = `S3 refused access to ${formatS3Url(bucket)} (403)`;
  const policy = explicitDeny(refusal.message);
  if (policy !== undefined) return `${refused}: ${describeError(refusal)}. ${adviseOnDeny(policy, endpointOf(world))}`;
  if (!isMissingPermission(refusal))
    return `${refused}: ${describeError(refusal)}. ${adviseOnCode(errorCode(refusal))}`;
  const limit = prefix === '' ? '' : `, for keys below "${prefix}" at least (s3:prefix)`;
  const owned = owner === undefined ? '' : `, or it does not belong to account ${owner}`;
  const arn = `arn:${partitionOf(region)}:s3:::${bucket}`;
  const pays = requestPayer ? '' : ', or it is a Requester Pays bucket: set `requestPayer` to "requester" if you agree';
  return `${refused}: allow s3:ListBucket on ${arn}${limit}${owned}${pays}. S3 said: ${describeError(refusal)}`;
}
