import * as settings from './bucket-settings';
import * as buckets from './buckets';
import type { Handler } from './call';
import type { Headers } from './checksums';
import { completeMultipartUpload } from './complete-multipart-upload';
import { copyObject } from './copy-object';
import { deleteObject } from './delete-object';
import { deleteObjects } from './delete-objects';
import { methodNotAllowed, S3Error } from './errors';
import { getObject, headObject } from './get-object';
import { listObjects, listObjectsV2 } from './list-objects';
import { listMultipartUploads, listParts } from './list-parts';
import { listObjectVersions } from './list-versions';
import * as multipart from './multipart';
import { getObjectAttributes } from './object-attributes';
import * as tagging from './object-tagging';
import { putObject } from './put-object';
import { restoreObject } from './restore-object';
import { uploadPartCopy } from './upload-part-copy';

/** The resource that a request names. */
export type Target = 'service' | 'bucket' | 'object';

export interface Route {
  /** As in the S3 API: `ListObjectsV2`. */
  readonly operation: string;
  readonly handle: Handler;
  /** The permission that the operation requires on its bucket. Without it, the handler checks permissions itself. */
  readonly action?: string;
}

/**
 * `<method> <target>`, then what the request must also have: query parameters (`?uploads`), or a copy source (`copy`). The
 * first match wins, so more specific routes come first.
 */
const TABLE: [pattern: string, operation: string, handle: Handler, action?: string][] = [
  ['GET service', 'ListBuckets', buckets.listBuckets],

  ['PUT bucket ?versioning', 'PutBucketVersioning', settings.putBucketVersioning, 's3:PutBucketVersioning'],
  ['GET bucket ?versioning', 'GetBucketVersioning', settings.getBucketVersioning, 's3:GetBucketVersioning'],
  ['PUT bucket ?encryption', 'PutBucketEncryption', settings.putBucketEncryption, 's3:PutEncryptionConfiguration'],
  ['GET bucket ?encryption', 'GetBucketEncryption', settings.getBucketEncryption, 's3:GetEncryptionConfiguration'],
  [
    'DELETE bucket ?encryption',
    'DeleteBucketEncryption',
    settings.deleteBucketEncryption,
    's3:PutEncryptionConfiguration',
  ],
  [
    'GET bucket ?ownershipControls',
    'GetBucketOwnershipControls',
    settings.getBucketOwnershipControls,
    's3:GetBucketOwnershipControls',
  ],
  [
    'PUT bucket ?ownershipControls',
    'PutBucketOwnershipControls',
    settings.putBucketOwnershipControls,
    's3:PutBucketOwnershipControls',
  ],
  [
    'DELETE bucket ?ownershipControls',
    'DeleteBucketOwnershipControls',
    settings.deleteBucketOwnershipControls,
    's3:PutBucketOwnershipControls',
  ],
  ['GET bucket ?policy', 'GetBucketPolicy', settings.getBucketPolicy, 's3:GetBucketPolicy'],
  ['PUT bucket ?policy', 'PutBucketPolicy', settings.putBucketPolicy, 's3:PutBucketPolicy'],
  ['DELETE bucket ?policy', 'DeleteBucketPolicy', settings.deleteBucketPolicy, 's3:DeleteBucketPolicy'],
  ['GET bucket ?website', 'GetBucketWebsite', settings.getBucketWebsite, 's3:GetBucketWebsite'],
  ['PUT bucket ?website', 'PutBucketWebsite', settings.putBucketWebsite, 's3:PutBucketWebsite'],
  ['DELETE bucket ?website', 'DeleteBucketWebsite', settings.deleteBucketWebsite, 's3:DeleteBucketWebsite'],
  [
    'GET bucket ?lifecycle',
    'GetBucketLifecycleConfiguration',
    settings.getBucketLifecycle,
    's3:GetLifecycleConfiguration',
  ],
  [
    'PUT bucket ?lifecycle',
    'PutBucketLifecycleConfiguration',
    settings.putBucketLifecycle,
    's3:PutLifecycleConfiguration',
  ],
  ['DELETE bucket ?lifecycle', 'DeleteBucketLifecycle', settings.deleteBucketLifecycle, 's3:PutLifecycleConfiguration'],
  [
    'GET bucket ?object-lock',
    'GetObjectLockConfiguration',
    settings.getObjectLockConfiguration,
    's3:GetBucketObjectLockConfiguration',
  ],
  ['GET bucket ?location', 'GetBucketLocation', buckets.getBucketLocation, 's3:GetBucketLocation'],
  ['GET bucket ?versions', 'ListObjectVersions', listObjectVersions, 's3:ListBucketVersions'],
  ['GET bucket ?uploads', 'ListMultipartUploads', listMultipartUploads, 's3:ListBucketMultipartUploads'],
  ['GET bucket ?list-type', 'ListObjectsV2', listObjectsV2, 's3:ListBucket'],
  ['GET bucket', 'ListObjects', listObjects, 's3:ListBucket'],
  ['HEAD bucket', 'HeadBucket', buckets.headBucket, 's3:ListBucket'],
  ['PUT bucket', 'CreateBucket', buckets.createBucket],
  ['DELETE bucket', 'DeleteBucket', buckets.deleteBucket, 's3:DeleteBucket'],
  ['POST bucket ?delete', 'DeleteObjects', deleteObjects],

  ['POST object ?uploads', 'CreateMultipartUpload', multipart.createMultipartUpload, 's3:PutObject'],
  ['PUT object ?uploadId ?partNumber copy', 'UploadPartCopy', uploadPartCopy, 's3:PutObject'],
  ['PUT object ?uploadId ?partNumber', 'UploadPart', multipart.uploadPart, 's3:PutObject'],
  ['GET object ?uploadId', 'ListParts', listParts, 's3:ListMultipartUploadParts'],
  ['POST object ?uploadId', 'CompleteMultipartUpload', completeMultipartUpload, 's3:PutObject'],
  ['DELETE object ?uploadId', 'AbortMultipartUpload', multipart.abortMultipartUpload, 's3:AbortMultipartUpload'],

  ['POST object ?restore', 'RestoreObject', restoreObject, 's3:RestoreObject'],
  ['GET object ?tagging', 'GetObjectTagging', tagging.getObjectTagging, 's3:GetObjectTagging'],
  ['PUT object ?tagging', 'PutObjectTagging', tagging.putObjectTagging, 's3:PutObjectTagging'],
  ['DELETE object ?tagging', 'DeleteObjectTagging', tagging.deleteObjectTagging, 's3:DeleteObjectTagging'],
  ['GET object ?attributes', 'GetObjectAttributes', getObjectAttributes, 's3:GetObject'],
  ['GET object', 'GetObject', getObject, 's3:GetObject'],
  ['HEAD object', 'HeadObject', headObject, 's3:GetObject'],
  ['PUT object copy', 'CopyObject', copyObject, 's3:PutObject'],
  ['PUT object', 'PutObject', putObject, 's3:PutObject'],
  ['DELETE object', 'DeleteObject', deleteObject],
];

interface Pattern extends Route {
  readonly start: string;
  readonly parameters: readonly string[];
  readonly copies: boolean;
}

const PATTERNS: readonly Pattern[] = TABLE.map(([pattern, operation, handle, action]) => {
  const [method, target, ...more] = pattern.split(' ');
  const parameters = more.filter((part) => part.startsWith('?')).map((part) => part.slice(1));
  return { operation, handle, action, start: `${method} ${target}`, parameters, copies: more.includes('copy') };
});

/** Query parameters that name an operation of their own: an unknown one must not be treated as a plain GET or PUT. */
const SUBRESOURCES = new Set(
  (
    'acl accelerate analytics attributes cors delete encryption intelligent-tiering inventory legal-hold lifecycle location logging metrics ' +
    'notification object-lock ownershipControls policy policyStatus publicAccessBlock replication requestPayment restore retention ' +
    'select tagging torrent uploadId uploads versioning versions website'
  ).split(' '),
);

/**
 * Finds the operation of a request.
 *
 * @throws S3Error NotImplemented, MethodNotAllowed
 */
export function findRoute(method: string, target: Target, query: URLSearchParams, headers: Headers): Route {
  const start = `${method} ${target}`;
  const copies = headers['x-amz-copy-source'] !== undefined;
  const route = PATTERNS.find(
    (pattern) =>
      pattern.start === start &&
      (copies || !pattern.copies) &&
      pattern.parameters.every((parameter) => query.has(parameter)),
  );
  const unknown = [...query.keys()].find((name) => SUBRESOURCES.has(name) && !route?.parameters.includes(name));
  if (unknown !== undefined)
    throw new S3Error(501, 'NotImplemented', `This server does not know the operation ${start} ?${unknown}`);
  if (!route) throw methodNotAllowed(target.toUpperCase());
  return route;
}

/** The route of an operation by its name. @throws S3Error NotImplemented */
export function routeOf(operation: string): Route {
  const route = PATTERNS.find((pattern) => pattern.operation === operation);
  if (!route) throw new S3Error(501, 'NotImplemented', `This server does not know the operation ${operation}`);
  return route;
}
