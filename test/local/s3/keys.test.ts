import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectTaggingCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  ListPartsCommand,
  PutObjectTaggingCommand,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3';
import { awkwardKeys, inListOrder, isXmlLegal } from './awkward-keys';
import { behaviour, copySource, decodeListed, describeContract, refused, serverName } from './contract';
import { lostKeys } from './deviations';
import { Uploads } from './uploads';

/** All that the server can hold; that it holds all of them is the first behaviour. */
const keys = awkwardKeys.filter(({ name }) => !lostKeys[serverName]?.includes(name)).map(({ key }) => key);
const ordered = inListOrder(keys);

describeContract('keys are opaque bytes', (s3) => {
  let filled: Promise<string> | undefined;
  /** A bucket with all awkward keys, each its own content; tests only read it. */
  const awkwardBucket = () => {
    filled ??= s3.bucketOf(...keys);
    return filled;
  };

  /** Runs `check` on every key and names those that fail, so that one does not hide the others. */
  async function onEveryKey(check: (key: string) => Promise<void>, of: readonly string[] = keys): Promise<void> {
    const failed: string[] = [];
    for (const key of of) {
      await check(key).catch((error) => failed.push(`${JSON.stringify(key)}: ${String(error).slice(0, 120)}`));
    }
    expect(failed).toEqual([]);
  }

  async function listed(bucket: string, maxKeys: number): Promise<string[]> {
    const found: string[] = [];
    let token: string | undefined;
    do {
      const page = await s3.send(
        new ListObjectsV2Command({ Bucket: bucket, EncodingType: 'url', MaxKeys: maxKeys, ContinuationToken: token }),
      );
      found.push(...(page.Contents ?? []).map(({ Key }) => decodeListed(Key)));
      token = page.NextContinuationToken;
    } while (token !== undefined);
    return found;
  }

  behaviour('every awkward key can be put and read back', async () => {
    const bucket = await s3.bucket();
    await onEveryKey(
      async (key) => {
        await s3.put(bucket, key, key);
        expect(await s3.text(bucket, key)).toBe(key);
      },
      awkwardKeys.map(({ key }) => key),
    );
  });

  behaviour('every awkward key has its own head', async () => {
    const bucket = await awkwardBucket();
    await onEveryKey(async (key) => expect((await s3.head(bucket, key)).ContentLength).toBe(Buffer.byteLength(key)));
  });

  behaviour('every awkward key is listed in byte order, on one page', async () => {
    expect(await listed(await awkwardBucket(), 1000)).toEqual(ordered);
  });

  behaviour('every awkward key is listed in byte order, on many pages', async () => {
    expect(await listed(await awkwardBucket(), 3)).toEqual(ordered);
  });

  behaviour('a listing can start after every awkward key', async () => {
    const bucket = await awkwardBucket();
    await onEveryKey(async (key) => {
      const page = await s3.send(
        new ListObjectsV2Command({ Bucket: bucket, EncodingType: 'url', StartAfter: key, MaxKeys: 1 }),
      );
      expect(page.Contents?.map(({ Key }) => decodeListed(Key)) ?? []).toEqual(
        ordered.slice(ordered.indexOf(key) + 1).slice(0, 1),
      );
    });
  });

  behaviour('every awkward key can be a prefix', async () => {
    const bucket = await awkwardBucket();
    await onEveryKey(async (key) => {
      const page = await s3.send(new ListObjectsV2Command({ Bucket: bucket, EncodingType: 'url', Prefix: key }));
      expect(page.Contents?.map(({ Key }) => decodeListed(Key))).toEqual(
        ordered.filter((other) => other.startsWith(key)),
      );
    });
  });

  behaviour('every awkward key can be copied, from and to', async () => {
    const bucket = await awkwardBucket();
    const destination = await s3.bucket();
    await onEveryKey(async (key) => {
      await s3.copy(destination, key, key, { CopySource: copySource(bucket, key) });
      expect(await s3.text(destination, key)).toBe(key);
    });
  });

  behaviour('a copy source may be encoded with its slashes, and start with one', async () => {
    const bucket = await awkwardBucket();
    await onEveryKey(async (key) => {
      const source = `/${bucket}/${encodeURIComponent(key)}`;
      await s3.copy(bucket, key, 'plain/key.txt', { CopySource: source, Key: 'copied' });
      expect(await s3.text(bucket, 'copied')).toBe(key);
    });
    await s3.send(new DeleteObjectCommand({ Bucket: bucket, Key: 'copied' }));
  });

  behaviour('every awkward key can be tagged', async () => {
    const bucket = await awkwardBucket();
    await onEveryKey(async (key) => {
      const TagSet = [{ Key: 'bytes', Value: String(Buffer.byteLength(key)) }];
      await s3.send(new PutObjectTaggingCommand({ Bucket: bucket, Key: key, Tagging: { TagSet } }));
      expect((await s3.send(new GetObjectTaggingCommand({ Bucket: bucket, Key: key }))).TagSet).toEqual(TagSet);
    });
  });

  behaviour('every awkward key can be copied in parts', async () => {
    const source = await awkwardBucket();
    const bucket = await s3.bucket();
    await onEveryKey(async (Key) => {
      const { UploadId } = await s3.send(
        new CreateMultipartUploadCommand({ Bucket: bucket, Key, Metadata: { a: '1' } }),
      );
      const upload = { Bucket: bucket, Key, UploadId };
      const copied = { ...upload, PartNumber: 1, CopySource: copySource(source, Key) };
      await s3.send(new UploadPartCopyCommand(copied));
      const { Parts } = await s3.send(new ListPartsCommand(upload));
      expect(Parts?.map(({ Size }) => Size)).toEqual([Buffer.byteLength(Key)]);
      const completed = Parts?.map(({ PartNumber, ETag }) => ({ PartNumber, ETag }));
      await s3.send(new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts: completed } }));
      expect(await s3.text(bucket, Key)).toBe(Key);
      expect((await s3.head(bucket, Key)).Metadata).toEqual({ a: '1' });
    });
    expect(await listed(bucket, 1000)).toEqual(ordered);
  });

  behaviour('every awkward key can be tagged while it is uploaded in parts', async () => {
    const bucket = await s3.bucket();
    const uploads = new Uploads(s3, () => bucket);
    await onEveryKey(async (Key) => {
      const upload = await uploads.create(Key, { Tagging: `bytes=${Buffer.byteLength(Key)}` });
      await uploads.complete(upload, [await uploads.part(upload, 1, Buffer.from(Key))]);
      const { TagSet } = await s3.send(new GetObjectTaggingCommand({ Bucket: bucket, Key }));
      expect(TagSet).toEqual([{ Key: 'bytes', Value: String(Buffer.byteLength(Key)) }]);
    });
  });

  behaviour('every awkward key is listed among the uploads, and can be given up', async () => {
    const bucket = await s3.bucket();
    await onEveryKey(async (Key) => {
      const upload = await s3.send(new CreateMultipartUploadCommand({ Bucket: bucket, Key }));
      const { Uploads } = await s3.send(new ListMultipartUploadsCommand({ Bucket: bucket, EncodingType: 'url' }));
      await s3.send(new AbortMultipartUploadCommand({ Bucket: bucket, Key, UploadId: upload.UploadId }));
      expect(Uploads?.map((listedUpload) => decodeListed(listedUpload.Key))).toEqual([Key]);
    });
  });

  behaviour('every awkward key can be deleted, and only that one', async () => {
    const bucket = await s3.bucketOf(...keys);
    const left = new Set(ordered);
    await onEveryKey(async (key) => {
      await s3.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }));
      left.delete(key);
      expect(await listed(bucket, 1000)).toEqual([...left]);
    });
  });

  behaviour('every awkward key that XML can carry can be deleted in a batch', async () => {
    const bucket = await s3.bucketOf(...keys);
    const deletable = keys.filter(isXmlLegal);
    const result = await s3.send(
      new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects: deletable.map((Key) => ({ Key })) } }),
    );

    expect(result.Errors ?? []).toEqual([]);
    expect(inListOrder((result.Deleted ?? []).map(({ Key }) => Key ?? ''))).toEqual(inListOrder(deletable));
    expect(await listed(bucket, 1000)).toEqual(ordered.filter((key) => !isXmlLegal(key)));
  });

  behaviour('a key that XML cannot carry makes the whole batch malformed', async () => {
    const bucket = await s3.bucketOf('plain');
    for (const Key of keys.filter((key) => !isXmlLegal(key))) {
      const Delete = { Objects: [{ Key: 'plain' }, { Key }] };
      expect(await refused(s3.send(new DeleteObjectsCommand({ Bucket: bucket, Delete })))).toBe('400 MalformedXML');
    }
    expect(await listed(bucket, 1000)).toEqual(['plain']);
  });

  behaviour('a key of more than 1,024 bytes is too long', async () => {
    const bucket = await s3.bucket();

    expect(await refused(s3.put(bucket, 'k'.repeat(1025)))).toBe('400 KeyTooLongError');
    expect(await refused(s3.put(bucket, `${'é'.repeat(512)}k`))).toBe('400 KeyTooLongError');
  });
});
