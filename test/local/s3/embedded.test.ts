import { once } from 'node:events';
import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3';
import { type S3Server, startS3, syntheticBody } from '../../../local/s3';
import { refused } from './contract';

const gibibyte = 1024 ** 3;

describe('the embedded S3, beyond what its clients see', () => {
  let s3: S3Server;
  let client: S3Client;
  let clock: Date;

  beforeEach(async () => {
    clock = new Date('2026-01-02T03:04:05.678Z');
    s3 = await startS3({ now: () => clock });
    client = new S3Client({
      endpoint: s3.endpoint,
      region: 'us-east-1',
      forcePathStyle: true,
      maxAttempts: 1,
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    });
  });

  afterEach(async () => {
    client.destroy();
    await s3.close();
  });

  const put = (Key: string) => client.send(new PutObjectCommand({ Bucket: 'bucket', Key, Body: 'content' }));
  const list = (more = {}) => client.send(new ListObjectsV2Command({ Bucket: 'bucket', ...more }));
  const copy = (Key: string, more = {}) =>
    client.send(new CopyObjectCommand({ Bucket: 'bucket', Key, CopySource: 'bucket/key', ...more }));

  it('uses the given clock, in whole seconds', async () => {
    s3.createBucket('bucket');
    await put('key');

    expect((await list()).Contents?.[0]?.LastModified).toEqual(new Date('2026-01-02T03:04:05.000Z'));
  });

  it('serves objects that were put without a request', async () => {
    const bucket = s3.createBucket('bucket');
    bucket.put('key', 'content', {
      lastModified: new Date('2001-01-01T00:00:00Z'),
      system: { 'content-type': 'text/html' },
      user: { a: '1' },
      tags: [['team', 'blue']],
    });
    const head = await client.send(new HeadObjectCommand({ Bucket: 'bucket', Key: 'key' }));

    expect(head).toMatchObject({
      ETag: '"9a0364b9e99bb480dd25e1f0284c8555"',
      LastModified: new Date('2001-01-01T00:00:00Z'),
      ContentType: 'text/html',
      Metadata: { a: '1' },
      TagCount: 1,
    });
    expect(bucket.get('key')?.body.length).toBe(7);
    expect(bucket.get('missing')).toBeUndefined();
  });

  it('lists behind no key that is longer than a key may be', async () => {
    s3.createBucket('bucket');

    expect(await refused(list({ StartAfter: 'k'.repeat(1025) }))).toBe('400 KeyTooLongError');
  });

  it('counts requests by operation until they are reset', async () => {
    s3.createBucket('bucket');
    await put('key');
    await list();
    await list();
    await refused(copy('copy', { CopySource: 'bucket/missing' }));

    expect(s3.requests.byOperation()).toEqual({ CopyObject: 1, ListObjectsV2: 2, PutObject: 1 });
    expect([s3.requests.of('ListObjectsV2'), s3.requests.of('HeadObject'), s3.requests.total]).toEqual([2, 0, 4]);
    s3.requests.reset();
    expect(s3.requests.total).toBe(0);
  });

  describe('its request hook', () => {
    beforeEach(() => s3.createBucket('bucket').put('key', 'content'));

    it('sees operation, bucket, key, query and headers', async () => {
      const seen: unknown[] = [];
      s3.onRequest = ({ operation, bucket, key, query, headers }) => {
        seen.push([operation, bucket, key, query.get('prefix'), headers['x-amz-copy-source']]);
        return undefined;
      };
      await list({ Prefix: 'a b' });
      await copy('copy');

      expect(seen).toEqual([
        ['ListObjectsV2', 'bucket', undefined, 'a b', undefined],
        ['CopyObject', 'bucket', 'copy', null, 'bucket/key'],
      ]);
    });

    it('answers with an S3 error instead of the operation', async () => {
      s3.onRequest = () => ({ status: 503, code: 'SlowDown', message: 'Please reduce your request rate.' });

      expect(await refused(copy('copy'))).toBe('503 SlowDown');
      expect(s3.bucket('bucket').get('copy')).toBeUndefined();
    });

    it('answers a copy with status 200 and an error in the body', async () => {
      s3.onRequest = () => ({ status: 200, code: 'InternalError' });

      await expect(copy('copy')).rejects.toMatchObject({ name: 'InternalError' });
    });

    it('cuts the connection without an answer', async () => {
      s3.onRequest = () => 'reset';

      await expect(list()).rejects.toThrow(/socket hang up|ECONNRESET/);
    });

    it('changes the bucket before the operation, and delays it', async () => {
      s3.onRequest = () => {
        s3.bucket('bucket').put('appeared');
        return { delayMs: 1 };
      };

      expect((await list()).KeyCount).toBe(2);
    });
  });

  it.each([
    [-16, '403 RequestTimeTooSkewed'],
    [-14, 'taken'],
    [14, 'taken'],
    [16, '403 RequestTimeTooSkewed'],
  ])('treats a request that was signed %i minutes from now as S3 does', async (minutes, outcome) => {
    s3.createBucket('a-bucket');
    client.config.systemClockOffset = minutes * 60_000;

    const sent = client.send(new ListObjectsV2Command({ Bucket: 'a-bucket' }));

    expect(await (outcome === 'taken' ? sent.then(() => outcome) : refused(sent))).toBe(outcome);
  });

  it('rejects the S3 actions that a bucket denies', async () => {
    const bucket = s3.createBucket('bucket', { deny: ['s3:ListBucket'] });
    bucket.put('key', 'content', { tags: [['team', 'blue']] });

    expect(await refused(list())).toBe('403 AccessDenied');
    expect(await refused(client.send(new GetObjectCommand({ Bucket: 'bucket', Key: 'missing' })))).toBe(
      '403 AccessDenied', // who may not list may not know
    );
    bucket.denied.add('s3:GetObjectTagging');
    expect(await refused(copy('copy'))).toBe('403 AccessDenied');
    bucket.denied.clear();
    await copy('copy');
    bucket.denied.add('s3:DeleteObject');
    const { Errors } = await client.send(
      new DeleteObjectsCommand({ Bucket: 'bucket', Delete: { Objects: [{ Key: 'key' }] } }),
    );
    expect(Errors?.map(({ Key, Code }) => [Key, Code])).toEqual([['key', 'AccessDenied']]);
  });

  it('lists the restore status of archived objects, and lets restored ones be copied', async () => {
    const bucket = s3.createBucket('bucket');
    const expires = new Date('2026-02-01T00:00:00Z');
    bucket.put('archived', 'a', { storageClass: 'GLACIER' });
    bucket.put('restoring', 'b', { storageClass: 'DEEP_ARCHIVE', restore: { ongoing: true } });
    bucket.put('key', 'c', { storageClass: 'GLACIER', restore: { ongoing: false, expires } });
    const { Contents } = await list({ OptionalObjectAttributes: ['RestoreStatus'] });
    const head = await client.send(new HeadObjectCommand({ Bucket: 'bucket', Key: 'key' }));

    expect(Contents?.map(({ Key, RestoreStatus }) => [Key, RestoreStatus])).toEqual([
      ['archived', undefined],
      ['key', { IsRestoreInProgress: false, RestoreExpiryDate: expires }],
      ['restoring', { IsRestoreInProgress: true }],
    ]);
    expect((await list()).Contents?.[1]?.RestoreStatus).toBeUndefined();
    expect(head.Restore).toBe('ongoing-request="false", expiry-date="Sun, 01 Feb 2026 00:00:00 GMT"');
    await copy('copy');
    expect(await refused(copy('copy', { CopySource: 'bucket/restoring' }))).toBe('403 InvalidObjectState');
  });

  it('refuses to copy more than 5 GiB in one piece', async () => {
    const bucket = s3.createBucket('bucket');
    bucket.put('key', syntheticBody(5 * gibibyte));
    await copy('copy');
    bucket.put('key', syntheticBody(5 * gibibyte + 1));

    expect(await refused(copy('copy'))).toBe('400 InvalidRequest');
  });

  it('gives a copy of 15 GiB in the same parts the same ETag', async () => {
    const bucket = s3.createBucket('bucket');
    const partBytes = 5 * gibibyte;
    bucket.put('key', syntheticBody(3 * partBytes));
    const copyInParts = async (Key: string, from: string) => {
      const { UploadId } = await client.send(new CreateMultipartUploadCommand({ Bucket: 'bucket', Key }));
      const upload = { Bucket: 'bucket', Key, UploadId, CopySource: `bucket/${from}` };
      const Parts = [];
      for (const i of [0, 1, 2]) {
        const CopySourceRange = `bytes=${i * partBytes}-${(i + 1) * partBytes - 1}`;
        const { CopyPartResult } = await client.send(
          new UploadPartCopyCommand({ ...upload, PartNumber: i + 1, CopySourceRange }),
        );
        Parts.push({ PartNumber: i + 1, ETag: CopyPartResult?.ETag });
      }
      return client.send(new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts } }));
    };
    const first = await copyInParts('first', 'key');
    const second = await copyInParts('second', 'first');

    expect(first.ETag).toMatch(/-3"$/);
    expect(second.ETag).toBe(first.ETag);
    expect(second.ChecksumCRC64NVME).toBe(first.ChecksumCRC64NVME);
    expect(bucket.get('second')?.body.length).toBe(3 * partBytes);
  });

  it('sends the bytes of a synthetic body, any range of it', async () => {
    s3.createBucket('bucket').put('key', syntheticBody(3 * 1024 ** 2, '0123456789'));
    const read = async (Range?: string) => {
      const { Body } = await client.send(new GetObjectCommand({ Bucket: 'bucket', Key: 'key', Range }));
      return (await Body?.transformToString()) ?? '';
    };

    expect(await read('bytes=1048573-1048582')).toBe('3456789012');
    expect(await read()).toBe('0123456789'.repeat(314573).slice(0, 3 * 1024 ** 2));
  });

  it('reads the bucket from the host as well as from the path', async () => {
    s3.credentials = 'any';
    s3.createBucket('bucket').put('a//b', 'content');
    const sent = request({ port: s3.port, path: '/a//b', headers: { host: `bucket.localhost:${s3.port}` } }).end();
    const [response] = await once(sent, 'response');

    expect(await text(response)).toBe('content');
  });

  it('counts user metadata that cannot be printed, and copies it', async () => {
    s3.createBucket('bucket').put('key', 'content', { user: { hidden: 'a\u0001b', shown: 'grün' } });
    await copy('copied');

    const { Metadata, MissingMeta } = await client.send(new HeadObjectCommand({ Bucket: 'bucket', Key: 'copied' }));
    expect(Metadata).toEqual({ shown: expect.stringMatching(/^=\?UTF-8\?B\?/) });
    expect(MissingMeta).toBe(1);
  });

  describe('if the caller may not use the KMS key', () => {
    const encryption = { algorithm: 'aws:kms', kmsKeyId: 'arn:aws:kms:us-east-1:123456789012:key/a-key' };
    const denied = (action: string) =>
      expect.objectContaining({
        name: 'AccessDenied',
        message: expect.stringContaining(`not authorized to perform: ${action} on resource: ${encryption.kmsKeyId}`),
      });

    it('writes nothing, except objects that are encrypted in another way', async () => {
      s3.createBucket('bucket', { encryption, deny: ['kms:GenerateDataKey'] }).put('key', 'content');
      for (const request of [put('a'), copy('a')]) await expect(request).rejects.toEqual(denied('kms:GenerateDataKey'));
      await copy('a', { ServerSideEncryption: 'AES256' });
      expect(s3.bucket('bucket').get('a')).toBeDefined();
    });

    it('reads headers, but no content', async () => {
      s3.createBucket('bucket', { encryption, deny: ['kms:Decrypt'] }).put('key', 'content');
      const object = { Bucket: 'bucket', Key: 'key' };
      await expect(client.send(new GetObjectCommand(object))).rejects.toEqual(denied('kms:Decrypt'));
      await expect(copy('a')).rejects.toEqual(denied('kms:Decrypt'));
      const checksum = client.send(new HeadObjectCommand({ ...object, ChecksumMode: 'ENABLED' }));
      expect(await refused(checksum)).toMatch(/^403/);
      expect((await client.send(new HeadObjectCommand(object))).ContentLength).toBe(7);
    });
  });
});
