import type { Bucket, RequestInfo } from '../../../local/s3';
import { past, useMirror } from '../../support/mirror';
import { MIB, putInParts } from '../../support/put-in-parts';

const mirror = useMirror();

/** An object for CopyObject, and one that is copied in parts. */
function fill(source: Bucket): string[] {
  source.put('small', 'x', { lastModified: past });
  putInParts(source, 'large', [5 * MIB, MIB], { lastModified: past });
  return ['small', 'large'];
}

/** The requests that make objects at the destination. */
function recordWrites(): RequestInfo[] {
  const writes: RequestInfo[] = [];
  mirror.s3.onRequest = (request) => {
    if (/^(CopyObject|CreateMultipartUpload)$/.test(request.operation)) writes.push(request);
    return undefined;
  };
  return writes;
}

const kmsKeyId = 'arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555';
const bucketDefault = { algorithm: 'aws:kms', kmsKeyId: `${kmsKeyId}-default`, bucketKey: true };

it.each([
  [{ sse: 'AES256' }, { algorithm: 'AES256' }],
  [
    { sse: 'aws:kms', sseKmsKeyId: kmsKeyId },
    { algorithm: 'aws:kms', kmsKeyId },
  ],
  [
    { sse: 'aws:kms:dsse', sseKmsKeyId: kmsKeyId },
    { algorithm: 'aws:kms:dsse', kmsKeyId },
  ],
  [{}, bucketDefault],
])('encrypts small and large objects as %j says, otherwise as the destination does', async (given, encryption) => {
  const { source, destination, input } = mirror.createPair({ destination: { encryption: bucketDefault } });
  const keys = fill(source);
  const writes = recordWrites();

  expect(await mirror.run({ ...input, ...given })).toMatchObject({ status: 'succeeded', totals: { copied: 2 } });

  for (const key of keys) expect(destination.get(key)?.encryption).toMatchObject(encryption);
  const names = writes.flatMap(({ headers }) => Object.keys(headers));
  expect(names.filter((name) => name.includes('bucket-key'))).toEqual([]);
});

it.each<[ownership: string | undefined, acl: string | undefined]>([
  ['BucketOwnerEnforced', undefined],
  ['BucketOwnerPreferred', 'bucket-owner-full-control'],
  ['ObjectWriter', 'bucket-owner-full-control'],
  [undefined, 'bucket-owner-full-control'],
])('gives the owner of a destination with object ownership %s control by the ACL %s', async (ownership, acl) => {
  const { source, destination, input } = mirror.createPair();
  destination.ownership = ownership;
  const keys = fill(source);
  const writes = recordWrites();

  expect(await mirror.run(input)).toMatchObject({ status: 'succeeded', totals: { copied: 2 } });

  expect(writes.map(({ headers }) => headers['x-amz-acl'])).toEqual(writes.map(() => acl));
  for (const key of keys) expect(destination.get(key)?.acl).toBe(acl);
});

it('treats a destination as one without ACLs if it may not ask', async () => {
  const { source, destination, input } = mirror.createPair({
    destination: { deny: ['s3:GetBucketOwnershipControls'] },
  });
  const keys = fill(source);
  expect(await mirror.run(input)).toMatchObject({ status: 'succeeded', totals: { copied: 2 } });
  for (const key of keys) expect(destination.get(key)).toMatchObject({ acl: undefined });
});

it('leaves annotations behind, although S3 copies them by default', async () => {
  const { source, input } = mirror.createPair();
  fill(source);
  const writes = recordWrites();
  await mirror.run(input);
  const copies = writes.filter(({ operation }) => operation === 'CopyObject');
  expect(copies.map(({ headers }) => headers['x-amz-object-annotation-directive'])).toEqual(['EXCLUDE']);
});

it('writes to a destination with Object Lock, whose uploads need a checksum', async () => {
  const { source, destination, input } = mirror.createPair({ destination: { objectLock: true } });
  const keys = fill(source);
  destination.put('orphan', 'x');
  expect(await mirror.run(input)).toMatchObject({ status: 'succeeded', totals: { copied: 2, deleted: 1 } });
  for (const key of keys) expect(destination.get(key)?.body.length).toBe(source.get(key)?.body.length);
});
