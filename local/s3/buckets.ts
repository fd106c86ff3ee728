import { type Answer, type Call, xmlAnswer } from './call';
import { S3Error } from './errors';
import { childText, element, parseXml, s3Document } from './xml';

export function listBuckets({ state }: Call): Answer {
  const buckets = [...state.buckets.values()]
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map(
      (bucket) =>
        `<Bucket>${element('Name', bucket.name)}${element('CreationDate', bucket.created.toISOString())}${element('BucketRegion', bucket.region)}</Bucket>`,
    );
  const owner = `<Owner>${element('ID', state.ownerId)}</Owner>`;
  return xmlAnswer(s3Document('ListAllMyBucketsResult', `${owner}<Buckets>${buckets.join('')}</Buckets>`));
}

export async function createBucket(call: Call): Promise<Answer> {
  const { state, bucketName, headers } = call;
  const { bytes } = await call.readBody();
  if (!/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(bucketName))
    throw new S3Error(400, 'InvalidBucketName', 'The specified bucket is not valid.', { BucketName: bucketName });
  const existing = state.buckets.get(bucketName);
  if (existing && (existing.ownerId !== state.ownerId || existing.region !== 'us-east-1')) {
    throw existing.ownerId === state.ownerId
      ? new S3Error(
          409,
          'BucketAlreadyOwnedByYou',
          'Your previous request to create the named bucket succeeded and you already own it.',
          { BucketName: bucketName },
        )
      : new S3Error(409, 'BucketAlreadyExists', 'The requested bucket name is not available.', {
          BucketName: bucketName,
        });
  }
  if (!existing) {
    const request = bytes.length > 0 ? parseXml(bytes, 'CreateBucketConfiguration') : {};
    state.createBucket(bucketName, {
      region: childText(request, 'LocationConstraint') || state.region,
      objectLock: headers['x-amz-bucket-object-lock-enabled']?.toLowerCase() === 'true',
      ownership: headers['x-amz-object-ownership'],
    });
  }
  return { status: 200, headers: { location: `/${bucketName}` } };
}

export function deleteBucket({ state, bucket }: Call): Answer {
  if (bucket.index.size > 0) {
    throw new S3Error(409, 'BucketNotEmpty', 'The bucket you tried to delete is not empty', {
      BucketName: bucket.name,
    });
  }
  state.buckets.delete(bucket.name);
  return { status: 204 };
}

export function headBucket({ bucket }: Call): Answer {
  return { status: 200, headers: { 'x-amz-bucket-region': bucket.region, 'x-amz-access-point-alias': 'false' } };
}

/** Empty for us-east-1, which at first had no name. */
export function getBucketLocation({ bucket }: Call): Answer {
  return xmlAnswer(s3Document('LocationConstraint', bucket.region === 'us-east-1' ? '' : bucket.region));
}
