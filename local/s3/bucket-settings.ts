import type { Bucket, Versioning } from './bucket';
import { type Answer, answerOf, type Call, xmlAnswer } from './call';
import { SSE_S3 } from './encryption';
import { invalidArgument, malformedXml, S3Error } from './errors';
import { children, childText, element, parseXml, s3Document } from './xml';

/** @throws S3Error  the bucket does not have the setting */
function settingOf<T>(bucket: Bucket, setting: T | undefined, code: string, message: string): T {
  if (setting === undefined) throw new S3Error(404, code, message, { BucketName: bucket.name });
  return setting;
}

/** Empty for a bucket that was never versioned. */
export function getBucketVersioning({ bucket }: Call): Answer {
  return xmlAnswer(s3Document('VersioningConfiguration', element('Status', bucket.versioning)));
}

export async function putBucketVersioning(call: Call): Promise<Answer> {
  const { bytes } = await call.readBody();
  const status = childText(parseXml(bytes, 'VersioningConfiguration'), 'Status');
  if (status !== 'Enabled' && status !== 'Suspended') throw malformedXml();
  if (call.bucket.objectLock && status === 'Suspended') {
    throw new S3Error(
      409,
      'InvalidBucketState',
      'An Object Lock configuration is present on this bucket, so the versioning state cannot be changed.',
    );
  }
  call.bucket.versioning = status satisfies Versioning;
  return { status: 200 };
}

export function getBucketEncryption({ bucket }: Call): Answer {
  const { algorithm, kmsKeyId, bucketKey } = bucket.encryption;
  const byDefault = element('SSEAlgorithm', algorithm) + element('KMSMasterKeyID', kmsKeyId);
  return xmlAnswer(
    s3Document(
      'ServerSideEncryptionConfiguration',
      `<Rule><ApplyServerSideEncryptionByDefault>${byDefault}</ApplyServerSideEncryptionByDefault>${element('BucketKeyEnabled', bucketKey ?? false)}</Rule>`,
    ),
  );
}

export async function putBucketEncryption(call: Call): Promise<Answer> {
  const { bytes } = await call.readBody();
  const [rule] = children(parseXml(bytes, 'ServerSideEncryptionConfiguration'), 'Rule');
  const [byDefault] = children(rule, 'ApplyServerSideEncryptionByDefault');
  const algorithm = childText(byDefault, 'SSEAlgorithm');
  if (algorithm === undefined) throw malformedXml();
  call.bucket.encryption = {
    algorithm,
    kmsKeyId: childText(byDefault, 'KMSMasterKeyID'),
    bucketKey: childText(rule, 'BucketKeyEnabled') === 'true',
  };
  return { status: 200 };
}

/** Resets the setting to its default. */
export function deleteBucketEncryption({ bucket }: Call): Answer {
  bucket.encryption = SSE_S3;
  return { status: 204 };
}

export function getBucketOwnershipControls({ bucket }: Call): Answer {
  const missing = ['OwnershipControlsNotFoundError', 'The bucket ownership controls were not found'] as const;
  const ownership = settingOf(bucket, bucket.ownership, ...missing);
  return answerOf('GetBucketOwnershipControls', { ownership }, () =>
    s3Document('OwnershipControls', `<Rule>${element('ObjectOwnership', ownership)}</Rule>`),
  );
}

export async function putBucketOwnershipControls(call: Call): Promise<Answer> {
  const { bytes } = await call.readBody();
  const [rule] = children(parseXml(bytes, 'OwnershipControls'), 'Rule');
  const ownership = childText(rule, 'ObjectOwnership');
  if (ownership === undefined || !['BucketOwnerEnforced', 'BucketOwnerPreferred', 'ObjectWriter'].includes(ownership))
    throw malformedXml();
  call.bucket.ownership = ownership;
  return { status: 200 };
}

/** As in buckets from before object ownership: the writer owns what it writes. */
export function deleteBucketOwnershipControls({ bucket }: Call): Answer {
  bucket.ownership = undefined;
  return { status: 204 };
}

export function getBucketWebsite({ bucket }: Call): Answer {
  const missing = ['NoSuchWebsiteConfiguration', 'The specified bucket does not have a website configuration'] as const;
  const suffix = element('Suffix', settingOf(bucket, bucket.website, ...missing));
  return xmlAnswer(s3Document('WebsiteConfiguration', `<IndexDocument>${suffix}</IndexDocument>`));
}

/** Keeps the name of the index document; there is no website endpoint. */
export async function putBucketWebsite(call: Call): Promise<Answer> {
  const { bytes } = await call.readBody();
  const [index] = children(parseXml(bytes, 'WebsiteConfiguration'), 'IndexDocument');
  const suffix = childText(index, 'Suffix');
  if (!suffix || suffix.includes('/'))
    throw invalidArgument('The IndexDocument Suffix is not well formed', 'IndexDocument', suffix ?? '');
  call.bucket.website = suffix;
  return { status: 200 };
}

export function deleteBucketWebsite({ bucket }: Call): Answer {
  bucket.website = undefined;
  return { status: 204 };
}

export function getObjectLockConfiguration({ bucket }: Call): Answer {
  const missing = [
    'ObjectLockConfigurationNotFoundError',
    'Object Lock configuration does not exist for this bucket',
  ] as const;
  settingOf(bucket, bucket.objectLock || undefined, ...missing);
  return xmlAnswer(s3Document('ObjectLockConfiguration', element('ObjectLockEnabled', 'Enabled')));
}

export function getBucketPolicy({ bucket }: Call): Answer {
  const body = settingOf(bucket, bucket.policy, 'NoSuchBucketPolicy', 'The bucket policy does not exist');
  return { status: 200, headers: { 'content-type': 'application/json' }, body };
}

export async function putBucketPolicy(call: Call): Promise<Answer> {
  const { bytes } = await call.readBody();
  const policy = bytes.toString('utf8');
  try {
    JSON.parse(policy);
  } catch {
    throw new S3Error(400, 'MalformedPolicy', 'This policy contains invalid Json');
  }
  call.bucket.policy = policy;
  return { status: 204 };
}

export function deleteBucketPolicy({ bucket }: Call): Answer {
  bucket.policy = undefined;
  return { status: 204 };
}

/** The content of the root element. Values stay as they were sent. */
const LIFECYCLE = /<LifecycleConfiguration\b[^>]*>([\s\S]*)<\/LifecycleConfiguration>/;

export function getBucketLifecycle({ bucket }: Call): Answer {
  const missing = ['NoSuchLifecycleConfiguration', 'The lifecycle configuration does not exist'] as const;
  return xmlAnswer(s3Document('LifecycleConfiguration', settingOf(bucket, bucket.lifecycle, ...missing)));
}

export async function putBucketLifecycle(call: Call): Promise<Answer> {
  const { bytes } = await call.readBody();
  if (children(parseXml(bytes, 'LifecycleConfiguration'), 'Rule').length === 0) throw malformedXml();
  call.bucket.lifecycle = LIFECYCLE.exec(bytes.toString('utf8'))?.[1] ?? '';
  return { status: 200 };
}

export function deleteBucketLifecycle({ bucket }: Call): Answer {
  bucket.lifecycle = undefined;
  return { status: 204 };
}
