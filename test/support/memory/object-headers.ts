import type { HeadObjectCommandOutput } from '@aws-sdk/client-s3';
import type { ObjectAttributes } from '../../../lambdas/engine/ports/bucket-reader';
import type { WriteCondition } from '../../../lambdas/engine/ports/object-uploads';
import type { Headers } from '../../../local/s3';

const USER = 'x-amz-meta-';
const CHECKSUM = /^x-amz-checksum-(?!type$)(\w+)$/;

/** What the SDK makes of the headers of an object. */
export type HeadAnswer = Omit<HeadObjectCommandOutput, '$metadata' | 'ContentLength'> & {
  readonly ContentLength: number;
};

export function readHeaders(headers: Headers): HeadAnswer {
  const all = Object.entries(headers).filter((pair): pair is [string, string] => pair[1] !== undefined);
  const user = all.flatMap(([name, value]) => (name.startsWith(USER) ? [[name.slice(USER.length), value]] : []));
  const checksums = all.flatMap(([name, value]) => {
    const algorithm = CHECKSUM.exec(name)?.[1];
    return algorithm === undefined ? [] : [[`Checksum${algorithm.toUpperCase()}`, value]];
  });
  return {
    ContentLength: Number(headers['content-length']),
    ETag: headers.etag,
    LastModified: new Date(headers['last-modified'] ?? ''),
    StorageClass: headers['x-amz-storage-class'] as HeadObjectCommandOutput['StorageClass'],
    Restore: headers['x-amz-restore'],
    ContentType: headers['content-type'],
    CacheControl: headers['cache-control'],
    ContentDisposition: headers['content-disposition'],
    ContentEncoding: headers['content-encoding'],
    ContentLanguage: headers['content-language'],
    ExpiresString: headers.expires,
    WebsiteRedirectLocation: headers['x-amz-website-redirect-location'],
    Metadata: Object.fromEntries(user),
    MissingMeta: numberIn(headers['x-amz-missing-meta']),
    PartsCount: numberIn(headers['x-amz-mp-parts-count']),
    TagCount: numberIn(headers['x-amz-tagging-count']),
    VersionId: headers['x-amz-version-id'],
    SSEKMSKeyId: headers['x-amz-server-side-encryption-aws-kms-key-id'],
    ChecksumType: headers['x-amz-checksum-type'] as HeadObjectCommandOutput['ChecksumType'],
    ...Object.fromEntries(checksums),
  };
}

function numberIn(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Number(text);
}

/** Headers of a request that set an object's headers and metadata. */
export function attributeHeaders(attributes: ObjectAttributes): Headers {
  const user = Object.entries(attributes.metadata).map(([name, value]) => [`${USER}${name}`, value]);
  return {
    'content-type': attributes.contentType,
    'cache-control': attributes.cacheControl,
    'content-disposition': attributes.contentDisposition,
    'content-encoding': attributes.contentEncoding,
    'content-language': attributes.contentLanguage,
    expires: attributes.expires,
    'x-amz-website-redirect-location': attributes.websiteRedirect,
    ...Object.fromEntries(user),
  };
}

/** Headers of a write that needs an object with this ETag at its key, or none. */
export function conditionHeaders(condition: WriteCondition | undefined): Headers {
  if (condition === undefined) return {};
  return condition === 'absent' ? { 'if-none-match': '*' } : { 'if-match': `"${condition.eTag}"` };
}

export function checksumHeaders(checksums: Readonly<Record<string, string>> = {}): Headers {
  return Object.fromEntries(
    Object.entries(checksums).map(([name, value]) => [`x-amz-checksum-${name.toLowerCase()}`, value]),
  );
}
