import type { BucketVersions, VersionsPage, VersionsRequest } from '../../../lambdas/engine/ports/bucket-versions';
import { readVersionsPage } from '../../../lambdas/s3/answers/read-versions-page';
import { listingError } from '../../../lambdas/s3/buckets/listing-error';
import { startAfterOf } from '../../../lambdas/s3/buckets/start-after';
import { orExpired } from '../../../lambdas/s3/credentials/renew-credentials';
import { CredentialsExpiredError, ListingError } from '../../../statemachine/errors';
import { formatS3Url } from '../../../wording/s3-url';
import { askAgain, type ObservedSide } from './memory-requests';

/** Lists versions of a bucket of the embedded S3 as `S3Versions` does, without HTTP. */
export class MemoryVersions implements BucketVersions {
  constructor(private readonly side: ObservedSide) {}

  async listVersions({ keyPrefix = '', after }: VersionsRequest): Promise<VersionsPage> {
    const { bucket, prefix, pageSize } = this.side;
    const query = {
      versions: '',
      prefix: `${prefix}${keyPrefix}` || undefined,
      'key-marker':
        after && (after.versionId === undefined ? startAfterOf(`${prefix}${after.key}`) : `${prefix}${after.key}`),
      'version-id-marker': after?.versionId,
      'max-keys': String(pageSize),
      'encoding-type': 'url',
    };
    const headers = { 'x-amz-optional-object-attributes': 'RestoreStatus' };
    try {
      const { body } = await askAgain(this.side, 'list', { operation: 'ListObjectVersions', query, headers });
      return readVersionsPage(Buffer.from(body as string), bucket, prefix, {
        prefix: query.prefix,
        keyMarker: query['key-marker'],
      });
    } catch (error) {
      const found = orExpired(error);
      if (found instanceof ListingError || found instanceof CredentialsExpiredError) throw found;
      throw listingError({
        place: formatS3Url(bucket, prefix),
        error,
        continuation: undefined,
        isExhausted: undefined,
      });
    }
  }
}
