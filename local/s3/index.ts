/**
 * An S3 server in memory, for tests, the demo and the bench. It follows AWS's documentation in everything that a mirror
 * relies on.
 *
 * ```ts
 * await using s3 = await startS3({ region: 'eu-west-1', now: () => clock });
 * const source = s3.createBucket('source', { deny: ['s3:GetObjectTagging'] });
 * source.put('a key', 'its content', { storageClass: 'GLACIER', lastModified: new Date(0), tags: [['team', 'blue']] });
 *
 * s3.endpoint;                     // for clients with forcePathStyle and the credentials `test` and `test`, unless others
 * are given
 * s3.requests.of('CopyObject');    // counts since the start or `s3.requests.reset()`; also `total`, `byOperation()`
 * s3.bucket('source').get('key');  // the current ObjectVersion or undefined, without a request
 * s3.onRequest = async ({ operation, bucket, key }) =>
 *   operation === 'CopyObject' ? { status: 503, code: 'SlowDown' } : undefined; // or 'reset', { delayMs: 80 }, ...
 * await s3.close();
 * ```
 *
 * `startS3({ state })` serves an existing state. So a state can be filled, kept, and served again or in another process.
 * Other folders may use only the exports of this file.
 */
export { type Body, bodyBytes, bytesBody, joinBodies, syntheticBody } from './body';
export { Bucket, type BucketOptions, type PutAttributes, type Versioning } from './bucket';
export type { Checksum, ChecksumAlgorithm, ChecksumType, Headers } from './checksums';
export type { Encryption } from './encryption';
export type { ErrorFault, Failure, Fault } from './fault';
export type { ObjectVersion, Restore, StoredPart } from './object-version';
export { type BucketIndex, type ByteKey, fromByteKey, type KeyRecord, OrderedIndex, toByteKey } from './ordered-index';
export type { RequestCounts } from './request-counts';
export type { Results } from './results';
export { S3Server, type S3ServerOptions, startS3, TEST_CREDENTIALS } from './server';
export { type Asked, type Authorize, type RequestHook, type RequestInfo, S3Service, type Told } from './service';
export type { Credentials } from './signature';
export { S3State, type S3StateOptions } from './state';
export type { Tags } from './tags';
