import * as buckets from './buckets';
import type { Handler } from './call';
import type { Headers } from './checksums';
import { copyObject } from './copy-object';
import { deleteObject } from './delete-object';
import { deleteObjects } from './delete-objects';
import { methodNotAllowed, S3Error } from './errors';
import { getObject, headObject } from './get-object';
import { listObjects, listObjectsV2 } from './list-objects';
import { deleteObjectTagging, getObjectTagging, putObjectTagging } from './object-tagging';
import { putObject } from './put-object';

type Target = 'service' | 'bucket' | 'object';

export interface Route {
  /** As in the S3 API: `ListObjectsV2`. */
  readonly operation: string;
  readonly handle: Handler;
  /** The permission it takes on its bucket; without one the handler asks by itself. */
  readonly action?: string;
  /** The permission it takes where a version is named. */
  readonly versionAction?: string;
}

interface Pattern {
  readonly method: string;
  readonly target: Target;
  /** Query parameters that must be there, such as `uploads`. */
  readonly query?: readonly string[];
  /** A header that must be there. */
  readonly header?: string;
}

const copySource = 'x-amz-copy-source';

/** The first that fits is taken, so the more special ones come first. */
const routes: readonly (Pattern & Route)[] = [
  { method: 'GET', target: 'service', operation: 'ListBuckets', handle: buckets.listBuckets },

  {
    method: 'GET',
    target: 'bucket',
    query: ['location'],
    operation: 'GetBucketLocation',
    action: 's3:GetBucketLocation',
    handle: buckets.getBucketLocation,
  },
  {
    method: 'GET',
    target: 'bucket',
    query: ['list-type'],
    operation: 'ListObjectsV2',
    action: 's3:ListBucket',
    handle: listObjectsV2,
  },
  { method: 'GET', target: 'bucket', operation: 'ListObjects', action: 's3:ListBucket', handle: listObjects },
  { method: 'HEAD', target: 'bucket', operation: 'HeadBucket', action: 's3:ListBucket', handle: buckets.headBucket },
  { method: 'PUT', target: 'bucket', operation: 'CreateBucket', handle: buckets.createBucket },
  {
    method: 'DELETE',
    target: 'bucket',
    operation: 'DeleteBucket',
    action: 's3:DeleteBucket',
    handle: buckets.deleteBucket,
  },
  { method: 'POST', target: 'bucket', query: ['delete'], operation: 'DeleteObjects', handle: deleteObjects },

  {
    method: 'GET',
    target: 'object',
    query: ['tagging'],
    operation: 'GetObjectTagging',
    action: 's3:GetObjectTagging',
    versionAction: 's3:GetObjectVersionTagging',
    handle: getObjectTagging,
  },
  {
    method: 'PUT',
    target: 'object',
    query: ['tagging'],
    operation: 'PutObjectTagging',
    action: 's3:PutObjectTagging',
    versionAction: 's3:PutObjectVersionTagging',
    handle: putObjectTagging,
  },
  {
    method: 'DELETE',
    target: 'object',
    query: ['tagging'],
    operation: 'DeleteObjectTagging',
    action: 's3:DeleteObjectTagging',
    versionAction: 's3:DeleteObjectVersionTagging',
    handle: deleteObjectTagging,
  },
  {
    method: 'GET',
    target: 'object',
    operation: 'GetObject',
    action: 's3:GetObject',
    versionAction: 's3:GetObjectVersion',
    handle: getObject,
  },
  {
    method: 'HEAD',
    target: 'object',
    operation: 'HeadObject',
    action: 's3:GetObject',
    versionAction: 's3:GetObjectVersion',
    handle: headObject,
  },
  {
    method: 'PUT',
    target: 'object',
    header: copySource,
    operation: 'CopyObject',
    action: 's3:PutObject',
    handle: copyObject,
  },
  { method: 'PUT', target: 'object', operation: 'PutObject', action: 's3:PutObject', handle: putObject },
  { method: 'DELETE', target: 'object', operation: 'DeleteObject', handle: deleteObject },
];

/** Query parameters that name another operation than those above; they must not be taken for a plain one. */
const subresources = new Set([
  'acl',
  'accelerate',
  'analytics',
  'attributes',
  'cors',
  'encryption',
  'intelligent-tiering',
  'inventory',
  'legal-hold',
  'lifecycle',
  'logging',
  'metrics',
  'notification',
  'object-lock',
  'ownershipControls',
  'partNumber',
  'policy',
  'policyStatus',
  'publicAccessBlock',
  'replication',
  'requestPayment',
  'restore',
  'retention',
  'select',
  'tagging',
  'torrent',
  'uploadId',
  'uploads',
  'versioning',
  'versions',
  'website',
]);

/**
 * Finds the operation of a request.
 *
 * @throws S3Error NotImplemented, MethodNotAllowed
 */
export function findRoute(method: string, target: Target, query: URLSearchParams, headers: Headers): Route {
  const fits = (route: Pattern) =>
    route.method === method &&
    route.target === target &&
    (route.header === undefined || headers[route.header] !== undefined) &&
    (route.query ?? []).every((name) => query.has(name));
  const route = routes.find(fits);
  const special = [...query.keys()].find((name) => subresources.has(name));
  if (special !== undefined && !route?.query?.includes(special) && !(special === 'partNumber' && method !== 'PUT')) {
    throw new S3Error(501, 'NotImplemented', `This server does not know the operation ${method} ?${special}`);
  }
  if (!route) {
    throw methodNotAllowed(target.toUpperCase());
  }
  return route;
}
