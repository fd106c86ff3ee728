import type { Call } from './call';
import { accessDenied, S3Error } from './errors';
import { requirePayer } from './requester-pays';
import type { Route } from './routes';

/**
 * The checks before every operation on a bucket, in S3's order: the region, the expected owner, the permission.
 *
 * @throws S3Error PermanentRedirect, AccessDenied
 */
export function checkAccess(call: Call, route: Route): void {
  const { bucket, headers } = call;
  const signedFor = signedRegion(headers.authorization);
  if (route.operation !== 'GetBucketLocation' && signedFor !== undefined && signedFor !== bucket.region)
    throw permanentRedirect(bucket.name, bucket.region);
  requirePayer(bucket, headers);
  const owner = headers['x-amz-expected-bucket-owner'];
  if (owner !== undefined && owner !== bucket.ownerId) throw accessDenied();
  if (route.action !== undefined) {
    // a request for one version requires its own permission: s3:GetObjectVersion, s3:PutObjectVersionTagging
    if (CREATES.has(route.operation)) requireCondition(call);
    if (BEGINS.has(route.operation)) requireHeaders(call);
    bucket.authorize(call.query.has('versionId') ? route.action.replace('Object', 'ObjectVersion') : route.action);
  }
}

/** The operations under s3:PutObject that create an object (`s3:ObjectCreationOperation`). */
const CREATES = new Set(['PutObject', 'CopyObject', 'CompleteMultipartUpload']);

function requireCondition({ bucket, headers }: Call): void {
  const { writes } = bucket.enforces;
  if (writes && !writes.some((name) => headers[name] !== undefined)) throw accessDenied();
}

/** The operations that a policy with `StringNotEquals` on a header applies to. Parts have none of these headers. */
const BEGINS = new Set(['PutObject', 'CopyObject', 'CreateMultipartUpload']);

function requireHeaders({ bucket, headers }: Call): void {
  if (Object.entries(bucket.demands).some(([name, value]) => headers[name] !== value)) throw accessDenied();
}

/** The region in a signature's scope: `Credential=<key id>/<date>/<region>/s3/aws4_request`. */
function signedRegion(authorization: string | undefined): string | undefined {
  const region = authorization?.match(/Credential=[^/]*\/\d+\/([^/]+)\//)?.[1];
  return region === '*' ? undefined : region;
}

function permanentRedirect(bucket: string, region: string): S3Error {
  return new S3Error(
    301,
    'PermanentRedirect',
    'The bucket you are attempting to access must be addressed using the specified endpoint. Please send all future requests to this endpoint.',
    { Endpoint: `${bucket}.s3.${region}.amazonaws.com`, Bucket: bucket },
    { 'x-amz-bucket-region': region },
  );
}
