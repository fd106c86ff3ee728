import {
  DeleteObjectCommand,
  type DeleteObjectCommandInput,
  DeleteObjectsCommand,
  ListObjectsV2Command,
  type ObjectIdentifier,
} from '@aws-sdk/client-s3';
import { behaviour, describeContract, refused, refusedStatus } from './contract';

const wrong = '"00000000000000000000000000000000"';

describeContract('deletes', (s3) => {
  let bucket: string;
  beforeAll(async () => {
    bucket = await s3.bucket();
  });

  const remove = (Key: string, more: Partial<DeleteObjectCommandInput> = {}) =>
    s3.send(new DeleteObjectCommand({ Bucket: bucket, Key, ...more }));

  const removeAll = (Objects: ObjectIdentifier[], Quiet?: boolean) =>
    s3.send(new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects, Quiet } }));

  const isThere = async (key: string) =>
    s3.head(bucket, key).then(
      () => true,
      () => false,
    );

  behaviour('an object that is deleted is gone', async () => {
    await s3.put(bucket, 'key');
    const { $metadata } = await remove('key');

    expect($metadata.httpStatusCode).toBe(204);
    expect(await refusedStatus(s3.head(bucket, 'key'))).toBe(404);
  });

  behaviour('deleting a missing key succeeds', async () => {
    expect((await remove('missing')).$metadata.httpStatusCode).toBe(204);
    expect(await removeAll([{ Key: 'missing' }])).toMatchObject({ Deleted: [{ Key: 'missing' }] });
  });

  behaviour('a delete with If-Match takes only the object it names', async () => {
    const { ETag } = await s3.put(bucket, 'key');
    expect(await refused(remove('key', { IfMatch: wrong }))).toBe('412 PreconditionFailed');
    expect(await isThere('key')).toBe(true);

    await remove('key', { IfMatch: ETag });
    expect(await isThere('key')).toBe(false);
  });

  behaviour('a batch names each key it deleted', async () => {
    await s3.put(bucket, 'a');
    await s3.put(bucket, 'b');
    const { Deleted, Errors } = await removeAll([{ Key: 'a' }, { Key: 'b' }]);

    expect(Deleted?.map(({ Key }) => Key)).toEqual(['a', 'b']);
    expect(Errors).toBeUndefined();
    expect(await isThere('a')).toBe(false);
  });

  behaviour('a quiet batch names only what it did not delete', async () => {
    const { ETag } = await s3.put(bucket, 'a');
    const result = await removeAll([{ Key: 'a', ETag }, { Key: 'b' }], true);

    expect(result.Deleted).toBeUndefined();
    expect(result.Errors).toBeUndefined();
    expect(await isThere('a')).toBe(false);
  });

  behaviour('a batch deletes a key with an ETag only where it is the same', async () => {
    const { ETag } = await s3.put(bucket, 'same', 'one');
    await s3.put(bucket, 'changed', 'two');
    const { Deleted, Errors } = await removeAll([
      { Key: 'same', ETag },
      { Key: 'changed', ETag: wrong },
    ]);

    expect(Deleted?.map(({ Key }) => Key)).toEqual(['same']);
    expect(Errors?.map(({ Key, Code }) => [Key, Code])).toEqual([['changed', 'PreconditionFailed']]);
    expect(await isThere('changed')).toBe(true);
  });

  behaviour('a batch holds 1,000 keys', async () => {
    const keys = Array.from({ length: 1000 }, (_, i) => ({ Key: `many/${i}` }));
    await s3.put(bucket, 'many/999');

    expect((await removeAll(keys)).Deleted).toHaveLength(1000);
    const { KeyCount } = await s3.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: 'many/' }));
    expect(KeyCount).toBe(0);
  });

  behaviour('a batch of more than 1,000 keys is malformed', async () => {
    const keys = Array.from({ length: 1001 }, (_, i) => ({ Key: `many/${i}` }));

    expect(await refused(removeAll(keys))).toBe('400 MalformedXML');
  });

  behaviour('a batch without keys is malformed', async () => {
    expect(await refused(removeAll([]))).toBe('400 MalformedXML');
  });

  behaviour('keys of a batch keep their whitespace and markup', async () => {
    const keys = [' a ', 'a&amp;b', '<a>', 'a\tb', 'a\nb', 'a\rb', '0123', '1e3', 'true'];
    await Promise.all(keys.map((key) => s3.put(bucket, key)));
    await removeAll(keys.map((Key) => ({ Key })));

    expect(await Promise.all(keys.map(isThere))).toEqual(keys.map(() => false));
  });

  behaviour('a batch in a missing bucket is a NoSuchBucket', async () => {
    const request = new DeleteObjectsCommand({
      Bucket: 'contract-no-such-bucket',
      Delete: { Objects: [{ Key: 'a' }] },
    });

    expect(await refused(s3.send(request))).toBe('404 NoSuchBucket');
  });
});
