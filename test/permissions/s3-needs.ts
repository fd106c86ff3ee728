import type { Bucket, ObjectVersion, RequestInfo, S3Server } from '../../local/s3';

/** What a request takes on a bucket, on a key of it, or (`kms:`) on the key that encrypts it. */
export interface S3Need {
  readonly action: string;
  readonly bucket: string;
  readonly key?: string;
  readonly prefix?: string;
  /** What conditions of a policy may ask about the request. */
  readonly context?: Readonly<Record<string, string>>;
}

type Rule = (request: ObjectRequest) => readonly S3Need[];

/** A request, with what S3 looks up before it decides. */
interface ObjectRequest extends RequestInfo {
  readonly key: string;
  readonly body: string;
  readonly target: Bucket;
  /** The object of `x-amz-copy-source`. */
  readonly from:
    | {
        readonly bucket: Bucket;
        readonly key: string;
        readonly version: ObjectVersion | undefined;
        readonly isFormer: boolean;
      }
    | undefined;
  on(action: string, key?: string): S3Need;
}

/**
 * Which permissions each operation takes, from the "Permissions" section of its page in the Amazon S3 API Reference and from
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html
 */
const RULES: Readonly<Record<string, Rule>> = {
  HeadBucket: ({ on }) => [on('s3:ListBucket')],
  ListObjectsV2: ({ bucket, query }) => [{ action: 's3:ListBucket', bucket, prefix: query.get('prefix') ?? '' }],
  ListObjectVersions: ({ bucket, query }) => [
    { action: 's3:ListBucketVersions', bucket, prefix: query.get('prefix') ?? '' },
  ],
  GetBucketWebsite: ({ on }) => [on('s3:GetBucketWebsite')],
  GetBucketOwnershipControls: ({ on }) => [on('s3:GetBucketOwnershipControls')],
  GetBucketVersioning: ({ on }) => [on('s3:GetBucketVersioning')],
  GetBucketEncryption: ({ on }) => [on('s3:GetEncryptionConfiguration')],
  GetObjectLockConfiguration: ({ on }) => [on('s3:GetBucketObjectLockConfiguration')],
  GetBucketLifecycleConfiguration: ({ on }) => [on('s3:GetLifecycleConfiguration')],
  GetBucketPolicy: ({ on }) => [on('s3:GetBucketPolicy')],
  ListMultipartUploads: ({ on }) => [on('s3:ListBucketMultipartUploads')],
  GetBucketLocation: ({ on }) => [on('s3:GetBucketLocation')],

  GetObject: (request) => [...read(request), ...decrypt(request.target, request.key)],
  HeadObject: (request) => [
    ...read(request),
    ...(request.headers['x-amz-checksum-mode'] ? decrypt(request.target, request.key) : []),
  ],
  GetObjectTagging: ({ on, key }) => [on('s3:GetObjectTagging', key)],
  GetObjectAttributes: (request) => [...read(request), request.on('s3:GetObjectAttributes', request.key)],

  'HeadObject of a version': (request) => [
    request.on('s3:GetObjectVersion', request.key),
    ...(request.headers['x-amz-checksum-mode'] ? decrypt(request.target, request.key) : []),
  ],
  'GetObjectTagging of a version': ({ on, key }) => [on('s3:GetObjectVersionTagging', key)],
  'GetObjectAttributes of a version': ({ on, key }) => [
    on('s3:GetObjectVersion', key),
    on('s3:GetObjectVersionAttributes', key),
  ],

  PutObject: write,
  CopyObject: (request) => [...readSource(request), ...readTags(request), ...write(request)],
  PutObjectTagging: ({ on, key }) => [on('s3:PutObjectTagging', key)],
  CreateMultipartUpload: write,
  // "To perform a multipart upload with encryption by KMS, the requester must have kms:Decrypt and kms:GenerateDataKey"
  UploadPartCopy: (request) => [...readSource(request), ...write(request), ...decryptParts(request)],
  CompleteMultipartUpload: (request) => [...write(request), ...decryptParts(request)],
  ListParts: ({ on, key }) => [on('s3:ListMultipartUploadParts', key)],
  AbortMultipartUpload: ({ on, key }) => [on('s3:AbortMultipartUpload', key)],

  RestoreObject: ({ on, key }) => [on('s3:RestoreObject', key)],

  DeleteObject: ({ on, key, headers }) => [
    { ...on('s3:DeleteObject', key), context: conditionsOf(headers) },
    ...(headers['if-match'] ? [on('s3:GetObject', key)] : []),
  ],
  'DeleteObject of a version': ({ on, key }) => [on('s3:DeleteObjectVersion', key)],
  DeleteObjects: ({ on, body }) => [
    on('s3:DeleteObject', 'key'),
    ...(body.includes('<ETag>') ? [on('s3:GetObject', 'key')] : []),
  ],
};

/**
 * The permissions that a request takes.
 *
 * @throws Error  the operation has no rule yet
 */
export async function listNeeds(s3: S3Server, request: RequestInfo): Promise<readonly S3Need[]> {
  const { operation, bucket, key = '', query, headers } = request;
  const rule = RULES[query.has('versionId') ? `${operation} of a version` : operation];
  if (!rule) throw new Error(`Say in RULES of test/permissions/s3-needs.ts which permissions ${operation} takes`);
  return rule({
    ...request,
    key,
    body: operation === 'DeleteObjects' ? (await request.readBody()).toString('utf8') : '',
    target: s3.bucket(bucket),
    from: findSource(s3, headers['x-amz-copy-source']),
    on: (action, onKey) => ({ action, bucket, ...(onKey !== undefined && { key: onKey }) }),
  });
}

function findSource(s3: S3Server, header: string | undefined): ObjectRequest['from'] {
  if (header === undefined) return undefined;
  const [, bucketName = '', key = '', versionId] = /^\/?([^/]+)\/(.*?)(?:\?versionId=(.*))?$/s.exec(header) ?? [];
  const [bucket, decoded] = [s3.bucket(bucketName), decodeURIComponent(key)];
  const isFormer = versionId !== undefined;
  const former = bucket.index.get(decoded)?.versions.find((version) => version.versionId === versionId);
  return { bucket, key: decoded, version: isFormer ? former : bucket.get(decoded), isFormer };
}

/** Of a key that is not there, only who may list the bucket is told so; others get 403. */
function read({ on, target, key }: ObjectRequest): S3Need[] {
  return [on('s3:GetObject', key), ...(target.get(key) ? [] : [{ ...on('s3:ListBucket'), prefix: key }])];
}

function readSource({ from }: ObjectRequest): S3Need[] {
  if (!from) return [];
  const action = from.isFormer ? 's3:GetObjectVersion' : 's3:GetObject';
  return [{ action, bucket: from.bucket.name, key: from.key }, ...decrypt(from.bucket, from.key)];
}

/** Tags are copied unless they are replaced; an object without any takes no permission for that. */
function readTags({ from, headers, on, key }: ObjectRequest): S3Need[] {
  if (!from || headers['x-amz-tagging-directive'] === 'REPLACE' || (from.version?.tags.length ?? 0) === 0) return [];
  const action = from.isFormer ? 's3:GetObjectVersionTagging' : 's3:GetObjectTagging';
  return [{ action, bucket: from.bucket.name, key: from.key }, on('s3:PutObjectTagging', key)];
}

/** Which PutObject permissions begin an object and do not make one. */
const CREATE_NOTHING = /^(CreateMultipartUpload|UploadPart|UploadPartCopy)$/;

function write({ on, key, headers, target, operation }: ObjectRequest): S3Need[] {
  const creates = String(!CREATE_NOTHING.test(operation));
  return [
    { ...on('s3:PutObject', key), context: { ...conditionsOf(headers), 's3:ObjectCreationOperation': creates } },
    ...(headers['x-amz-tagging'] ? [on('s3:PutObjectTagging', key)] : []),
    ...(headers['x-amz-acl'] ? [on('s3:PutObjectAcl', key)] : []),
    // "If-Match: you must have s3:GetObject as well"
    ...(headers['if-match'] ? [on('s3:GetObject', key)] : []),
    ...(isCustomerKey(headers['x-amz-server-side-encryption-aws-kms-key-id'] ?? target.encryption.kmsKeyId)
      ? [on('kms:GenerateDataKey')]
      : []),
  ];
}

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes-enforce.html */
function conditionsOf(headers: ObjectRequest['headers']): Record<string, string> {
  const given = ['if-match', 'if-none-match'].flatMap((name) => {
    const value = headers[name];
    return value === undefined ? [] : [[`s3:${name}`, value] as const];
  });
  return Object.fromEntries(given);
}

function decryptParts({ target, on }: ObjectRequest): S3Need[] {
  return isCustomerKey(target.encryption.kmsKeyId) ? [on('kms:Decrypt')] : [];
}

function decrypt(bucket: Bucket, key: string): S3Need[] {
  return isCustomerKey(bucket.get(key)?.encryption.kmsKeyId) ? [{ action: 'kms:Decrypt', bucket: bucket.name }] : [];
}

/** The key that AWS manages may be used by everybody in its account. */
function isCustomerKey(keyArn: string | undefined): boolean {
  return keyArn !== undefined && !keyArn.endsWith('/aws-s3');
}
