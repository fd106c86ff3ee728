import {
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetBucketVersioningCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  type ListObjectVersionsCommandInput,
  PutBucketVersioningCommand,
} from '@aws-sdk/client-s3';
import { behaviour, copySource, describeContract, refused } from './contract';

describeContract('versions', (s3) => {
  async function versioned(Status: 'Enabled' | 'Suspended' = 'Enabled') {
    const bucket = await s3.bucket();
    await setVersioning(bucket, Status);
    return bucket;
  }

  const setVersioning = (Bucket: string, Status: 'Enabled' | 'Suspended') =>
    s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status } }));

  const remove = (Bucket: string, Key: string, VersionId?: string) =>
    s3.send(new DeleteObjectCommand({ Bucket, Key, VersionId }));

  const versions = (Bucket: string, more: Partial<ListObjectVersionsCommandInput> = {}) =>
    s3.send(new ListObjectVersionsCommand({ Bucket, ...more }));

  behaviour('a bucket has no versioning status until it is given one', async () => {
    const bucket = await s3.bucket();
    const status = async () => (await s3.send(new GetBucketVersioningCommand({ Bucket: bucket }))).Status;
    expect(await status()).toBeUndefined();
    expect((await s3.put(bucket, 'key')).VersionId).toBeUndefined();

    await setVersioning(bucket, 'Enabled');
    expect(await status()).toBe('Enabled');
  });

  behaviour('each put makes a version, and each can be read', async () => {
    const bucket = await versioned();
    const first = await s3.put(bucket, 'key', 'first');
    const second = await s3.put(bucket, 'key', 'second');

    expect(first.VersionId).not.toBe(second.VersionId);
    expect(await s3.text(bucket, 'key')).toBe('second');
    expect(await s3.text(bucket, 'key', { VersionId: first.VersionId })).toBe('first');
    expect((await s3.head(bucket, 'key')).VersionId).toBe(second.VersionId);
  });

  behaviour('a delete hides the object behind a delete marker', async () => {
    const bucket = await versioned();
    const { VersionId } = await s3.put(bucket, 'key', 'first');
    const deleted = await remove(bucket, 'key');

    expect(deleted.DeleteMarker).toBe(true);
    expect(await refused(s3.get(bucket, 'key'))).toBe('404 NoSuchKey');
    expect(s3.handler.lastHeaders['x-amz-delete-marker']).toBe('true');
    expect(await s3.text(bucket, 'key', { VersionId })).toBe('first');
    expect((await s3.send(new ListObjectsV2Command({ Bucket: bucket }))).KeyCount).toBe(0);
  });

  behaviour('a delete marker cannot be read by its id', async () => {
    const bucket = await versioned();
    const { VersionId } = await remove(bucket, 'key');

    expect(await refused(s3.get(bucket, 'key', { VersionId }))).toBe('405 MethodNotAllowed');
  });

  behaviour('deleting the delete marker brings the object back', async () => {
    const bucket = await versioned();
    await s3.put(bucket, 'key', 'first');
    const { VersionId } = await remove(bucket, 'key');
    expect(await remove(bucket, 'key', VersionId)).toMatchObject({ DeleteMarker: true, VersionId });

    expect(await s3.text(bucket, 'key')).toBe('first');
  });

  behaviour('a version that is deleted by its id is gone', async () => {
    const bucket = await versioned();
    const { VersionId } = await s3.put(bucket, 'key', 'first');
    await s3.put(bucket, 'key', 'second');
    await remove(bucket, 'key', VersionId);

    expect(await refused(s3.get(bucket, 'key', { VersionId }))).toBe('404 NoSuchVersion');
    expect(await s3.text(bucket, 'key')).toBe('second');
  });

  behaviour('a batch makes delete markers and deletes versions', async () => {
    const bucket = await versioned();
    await s3.put(bucket, 'a');
    const { VersionId } = await s3.put(bucket, 'b');
    const { Deleted } = await s3.send(
      new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects: [{ Key: 'a' }, { Key: 'b', VersionId }] } }),
    );

    expect(Deleted?.[0]).toMatchObject({ Key: 'a', DeleteMarker: true });
    expect(Deleted?.[1]).toMatchObject({ Key: 'b', VersionId });
    expect((await versions(bucket)).DeleteMarkers).toHaveLength(1);
  });

  behaviour('a copy reads the version it names and says which it read', async () => {
    const bucket = await versioned();
    const { VersionId } = await s3.put(bucket, 'key', 'first');
    await s3.put(bucket, 'key', 'second');
    const copy = await s3.copy(bucket, 'key', 'copy', { CopySource: copySource(bucket, 'key', VersionId) });

    expect(copy.CopySourceVersionId).toBe(VersionId);
    expect(copy.VersionId).toMatch(/./);
    expect(await s3.text(bucket, 'copy')).toBe('first');
  });

  behaviour('an old version copied onto its own key becomes the current one', async () => {
    const bucket = await versioned();
    const { VersionId } = await s3.put(bucket, 'key', 'first');
    await s3.put(bucket, 'key', 'second');
    await s3.copy(bucket, 'key', 'key', { CopySource: copySource(bucket, 'key', VersionId) });

    expect(await s3.text(bucket, 'key')).toBe('first');
  });

  behaviour('a source behind a delete marker is a NoSuchKey', async () => {
    const bucket = await versioned();
    await s3.put(bucket, 'key');
    await remove(bucket, 'key');

    expect(await refused(s3.copy(bucket, 'key', 'copy'))).toBe('404 NoSuchKey');
  });

  behaviour('If-None-Match * holds where there is only a delete marker', async () => {
    const bucket = await versioned();
    await s3.put(bucket, 'key', 'first');
    await remove(bucket, 'key');
    await s3.put(bucket, 'key', 'second', { IfNoneMatch: '*' });

    expect(await s3.text(bucket, 'key')).toBe('second');
  });

  behaviour('with versioning suspended, a put replaces the version null and keeps the others', async () => {
    const bucket = await versioned();
    const { VersionId } = await s3.put(bucket, 'key', 'kept');
    await setVersioning(bucket, 'Suspended');
    await s3.put(bucket, 'key', 'replaced');
    await s3.put(bucket, 'key', 'current');

    expect((await versions(bucket)).Versions?.map((version) => version.VersionId)).toEqual(['null', VersionId]);
    expect(await s3.text(bucket, 'key', { VersionId: 'null' })).toBe('current');
  });

  behaviour('versions are listed by key, the newest first, and say which is the latest', async () => {
    const bucket = await versioned();
    const ids = new Map<string, string | undefined>();
    for (const [key, content] of [
      ['b', '1'],
      ['a', '1'],
      ['b', '2'],
    ] as const) {
      ids.set(key + content, (await s3.put(bucket, key, content)).VersionId);
    }
    const { Versions } = await versions(bucket);

    expect(Versions?.map(({ Key, VersionId, IsLatest }) => [Key, VersionId, IsLatest])).toEqual([
      ['a', ids.get('a1'), true],
      ['b', ids.get('b2'), true],
      ['b', ids.get('b1'), false],
    ]);
  });

  behaviour('pages of versions go on within a key', async () => {
    const bucket = await versioned();
    for (const key of ['a', 'b', 'b', 'b', 'c']) {
      await s3.put(bucket, key);
    }
    const whole = (await versions(bucket)).Versions?.map(({ Key, VersionId }) => `${Key} ${VersionId}`);
    const paged: string[] = [];
    let marker: Partial<ListObjectVersionsCommandInput> = {};
    for (let truncated = true; truncated; ) {
      const page = await versions(bucket, { MaxKeys: 2, ...marker });
      paged.push(...(page.Versions ?? []).map(({ Key, VersionId }) => `${Key} ${VersionId}`));
      marker = { KeyMarker: page.NextKeyMarker, VersionIdMarker: page.NextVersionIdMarker };
      truncated = page.IsTruncated ?? false;
    }

    expect(paged).toHaveLength(5);
    expect(paged).toEqual(whole);
  });

  describe('Object Lock', () => {
    const locked = () => s3.bucket({ ObjectLockEnabledForBucket: true });
    const retention = {
      ObjectLockMode: 'COMPLIANCE',
      ObjectLockRetainUntilDate: new Date(Date.now() + 600_000),
    } as const;

    behaviour('a bucket with Object Lock is versioned', async () => {
      const { Status } = await s3.send(new GetBucketVersioningCommand({ Bucket: await locked() }));

      expect(Status).toBe('Enabled');
    });

    behaviour('a version under a legal hold cannot be deleted, its key can', async () => {
      const bucket = await locked();
      const { VersionId } = await s3.put(bucket, 'key', 'held', { ObjectLockLegalHoldStatus: 'ON' });

      expect(await refused(remove(bucket, 'key', VersionId))).toBe('403 AccessDenied');
      expect((await remove(bucket, 'key')).DeleteMarker).toBe(true);
    });

    behaviour('a batch reports a version under a legal hold among its errors', async () => {
      const bucket = await locked();
      const { VersionId } = await s3.put(bucket, 'key', 'held', { ObjectLockLegalHoldStatus: 'ON' });
      const Objects = [{ Key: 'key', VersionId }];
      const { Errors } = await s3.send(new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects } }));

      expect(Errors?.map(({ Code }) => Code)).toEqual(['AccessDenied']);
    });

    behaviour('a bucket without Object Lock refuses a put with retention', async () => {
      expect(await refused(s3.put(await s3.bucket(), 'key', 'hello', retention))).toBe('400 InvalidRequest');
    });
  });
});
