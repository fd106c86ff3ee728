import {
  CopyObjectCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteBucketCommand,
  DeleteBucketOwnershipControlsCommand,
  DeleteBucketWebsiteCommand,
  GetBucketEncryptionCommand,
  GetBucketLocationCommand,
  GetBucketOwnershipControlsCommand,
  GetBucketWebsiteCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  ListObjectsV2Command,
  PutBucketEncryptionCommand,
  PutBucketOwnershipControlsCommand,
  PutBucketWebsiteCommand,
} from '@aws-sdk/client-s3';
import { behaviour, copySource, describeContract, refused, refusedStatus } from './contract';

const someoneElse = '999999999999';

describeContract('buckets and regions', (s3) => {
  const inFrankfurt = () => s3.bucket({ CreateBucketConfiguration: { LocationConstraint: 'eu-central-1' } });
  const frankfurt = () => s3.client('eu-central-1');

  behaviour('a bucket that is made is listed and has a head', async () => {
    const bucket = await s3.bucket();
    const { Buckets } = await s3.send(new ListBucketsCommand({}));

    expect(Buckets?.map(({ Name }) => Name)).toContain(bucket);
    expect((await s3.send(new HeadBucketCommand({ Bucket: bucket }))).BucketRegion).toBe('us-east-1');
  });

  behaviour('a missing bucket has no head', async () => {
    expect(await refusedStatus(s3.send(new HeadBucketCommand({ Bucket: 'contract-no-such-bucket' })))).toBe(404);
  });

  behaviour('a bucket with objects cannot be deleted', async () => {
    const bucket = await s3.bucketOf('key');

    expect(await refused(s3.send(new DeleteBucketCommand({ Bucket: bucket })))).toBe('409 BucketNotEmpty');
  });

  behaviour('an empty bucket can be deleted', async () => {
    const bucket = await s3.bucket();
    await s3.send(new DeleteBucketCommand({ Bucket: bucket }));

    expect(await refused(s3.send(new ListObjectsV2Command({ Bucket: bucket })))).toBe('404 NoSuchBucket');
  });

  behaviour('making a bucket again in another region than us-east-1 is refused', async () => {
    const Bucket = await inFrankfurt();
    const again = new CreateBucketCommand({
      Bucket,
      CreateBucketConfiguration: { LocationConstraint: 'eu-central-1' },
    });

    expect(await refused(frankfurt().send(again))).toBe('409 BucketAlreadyOwnedByYou');
  });

  behaviour('the location of a bucket in us-east-1 is empty, that of others is their region', async () => {
    const location = async (Bucket: string) =>
      (await s3.send(new GetBucketLocationCommand({ Bucket }))).LocationConstraint;

    expect((await location(await s3.bucket())) ?? '').toBe('');
    expect(await location(await inFrankfurt())).toBe('eu-central-1');
  });

  behaviour('a head of a bucket says its region', async () => {
    const Bucket = await inFrankfurt();

    expect((await frankfurt().send(new HeadBucketCommand({ Bucket }))).BucketRegion).toBe('eu-central-1');
  });

  behaviour('a request signed for another region is redirected, with the right one in a header', async () => {
    const Bucket = await inFrankfurt();

    expect(await refused(s3.send(new ListObjectsV2Command({ Bucket })))).toBe('301 PermanentRedirect');
    expect(s3.handler.lastHeaders['x-amz-bucket-region']).toBe('eu-central-1');
    expect(await refusedStatus(s3.send(new HeadBucketCommand({ Bucket })))).toBe(301);
    expect(s3.handler.lastHeaders['x-amz-bucket-region']).toBe('eu-central-1');
  });

  behaviour('a copy goes to the region of the destination and reads from any', async () => {
    const source = await s3.bucketOf('key');
    const Bucket = await inFrankfurt();
    await frankfurt().send(new CopyObjectCommand({ Bucket, Key: 'copy', CopySource: copySource(source, 'key') }));

    const head = await frankfurt().send(new HeadObjectCommand({ Bucket, Key: 'copy' }));
    expect(head.ContentLength).toBe(3);
  });

  behaviour('an expected owner that is not the owner is denied', async () => {
    const bucket = await s3.bucketOf('key');
    const ExpectedBucketOwner = someoneElse;

    expect(await refused(s3.get(bucket, 'key', { ExpectedBucketOwner }))).toBe('403 AccessDenied');
    expect(await refused(s3.put(bucket, 'key', 'other', { ExpectedBucketOwner }))).toBe('403 AccessDenied');
    expect(await refused(s3.send(new ListObjectsV2Command({ Bucket: bucket, ExpectedBucketOwner })))).toBe(
      '403 AccessDenied',
    );
    expect(await s3.text(bucket, 'key')).toBe('key');
  });

  behaviour('an expected source owner that is not the owner is denied', async () => {
    const bucket = await s3.bucketOf('key');
    const request = s3.copy(bucket, 'key', 'copy', { ExpectedSourceBucketOwner: someoneElse });

    expect(await refused(request)).toBe('403 AccessDenied');
  });

  behaviour('an error tells its request id, in a header too', async () => {
    const bucket = await s3.bucket();
    await refused(s3.get(bucket, 'missing'));

    expect(s3.handler.lastBody).toMatch(/<Code>NoSuchKey<\/Code>/);
    expect(s3.handler.lastBody).toMatch(/<RequestId>[^<]+<\/RequestId>/);
    expect(s3.handler.lastHeaders['x-amz-request-id']).toMatch(/./);
    expect(s3.handler.lastHeaders['x-amz-id-2']).toMatch(/./);
  });

  behaviour('a bucket is no website until it is made one', async () => {
    const Bucket = await s3.bucket();
    const website = async () => (await s3.send(new GetBucketWebsiteCommand({ Bucket }))).IndexDocument?.Suffix;
    expect(await refused(website())).toBe('404 NoSuchWebsiteConfiguration');

    const WebsiteConfiguration = { IndexDocument: { Suffix: 'index.html' } };
    await s3.send(new PutBucketWebsiteCommand({ Bucket, WebsiteConfiguration }));
    expect(await website()).toBe('index.html');

    await s3.send(new DeleteBucketWebsiteCommand({ Bucket }));
    expect(await refused(website())).toBe('404 NoSuchWebsiteConfiguration');
  });

  const ownership = async (Bucket: string) => {
    const { OwnershipControls } = await s3.send(new GetBucketOwnershipControlsCommand({ Bucket }));
    return OwnershipControls?.Rules?.map(({ ObjectOwnership }) => ObjectOwnership);
  };

  behaviour('a bucket is made without ACLs, unless it asks for them', async () => {
    expect(await ownership(await s3.bucket())).toEqual(['BucketOwnerEnforced']);
    expect(await ownership(await s3.bucket({ ObjectOwnership: 'ObjectWriter' }))).toEqual(['ObjectWriter']);
  });

  behaviour('the ownership of objects can be set, and forgotten', async () => {
    const Bucket = await s3.bucket();
    const OwnershipControls = { Rules: [{ ObjectOwnership: 'BucketOwnerPreferred' as const }] };
    await s3.send(new PutBucketOwnershipControlsCommand({ Bucket, OwnershipControls }));
    expect(await ownership(Bucket)).toEqual(['BucketOwnerPreferred']);

    await s3.send(new DeleteBucketOwnershipControlsCommand({ Bucket }));
    expect(await refused(ownership(Bucket))).toBe('404 OwnershipControlsNotFoundError');
  });

  behaviour('a bucket without ACLs takes only the one that gives its owner control', async () => {
    const bucket = await s3.bucketOf('key');
    const closed = { ACL: 'private' as const };
    expect(await refused(s3.put(bucket, 'key', 'x', closed))).toBe('400 AccessControlListNotSupported');
    expect(await refused(s3.copy(bucket, 'key', 'copy', closed))).toBe('400 AccessControlListNotSupported');
    const upload = new CreateMultipartUploadCommand({ Bucket: bucket, Key: 'key', ...closed });
    expect(await refused(s3.send(upload))).toBe('400 AccessControlListNotSupported');

    await s3.copy(bucket, 'key', 'copy', { ACL: 'bucket-owner-full-control' });
    expect(await s3.text(bucket, 'copy')).toBe('key');
  });

  behaviour('a bucket with ACLs takes each that there is', async () => {
    const bucket = await s3.bucket({ ObjectOwnership: 'ObjectWriter' });
    await s3.put(bucket, 'key', 'x', { ACL: 'private' });
    await s3.copy(bucket, 'key', 'copy', { ACL: 'bucket-owner-full-control' });
    expect(await refused(s3.put(bucket, 'key', 'x', { ACL: 'everybody' as 'private' }))).toBe('400 InvalidArgument');
  });

  behaviour('a bucket encrypts with S3 keys until another default is set', async () => {
    const Bucket = await s3.bucket();
    const rule = async () => {
      const { ServerSideEncryptionConfiguration } = await s3.send(new GetBucketEncryptionCommand({ Bucket }));
      return ServerSideEncryptionConfiguration?.Rules?.[0]?.ApplyServerSideEncryptionByDefault?.SSEAlgorithm;
    };
    expect(await rule()).toBe('AES256');

    const Rules = [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms' as const } }];
    await s3.send(new PutBucketEncryptionCommand({ Bucket, ServerSideEncryptionConfiguration: { Rules } }));
    await s3.put(Bucket, 'key');
    expect(await rule()).toBe('aws:kms');
    expect((await s3.head(Bucket, 'key')).ServerSideEncryption).toBe('aws:kms');
  });
});
