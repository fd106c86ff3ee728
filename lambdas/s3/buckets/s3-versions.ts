import { ListObjectVersionsCommand } from '@aws-sdk/client-s3';
import { CredentialsExpiredError, ListingError } from '../../../statemachine/errors';
import { formatS3Url } from '../../../wording/s3-url';
import type { BucketVersions, VersionsPage, VersionsRequest } from '../../engine/ports/bucket-versions';
import { readVersionsPage } from '../answers/read-versions-page';
import { BucketRequests } from '../client/bucket-requests';
import { observed } from '../client/s3-requests';
import { orExpired, withFreshCredentials } from '../credentials/renew-credentials';
import { listingError } from './listing-error';
import type { Side } from './side';
import { startAfterOf } from './start-after';

/** Lists the versions of a side by ListObjectVersions. */
export class S3Versions implements BucketVersions {
  constructor(private readonly side: Side) {}

  async listVersions({ keyPrefix = '', after }: VersionsRequest): Promise<VersionsPage> {
    const { client, bucket, prefix, owner, requestPayer, pageSize, observer, name } = this.side;
    const asked = {
      prefix: `${prefix}${keyPrefix}` || undefined,
      keyMarker:
        after && (after.versionId === undefined ? startAfterOf(`${prefix}${after.key}`) : `${prefix}${after.key}`),
    };
    const command = new ListObjectVersionsCommand({
      Bucket: bucket,
      Prefix: asked.prefix,
      KeyMarker: asked.keyMarker,
      VersionIdMarker: after?.versionId,
      MaxKeys: pageSize,
      EncodingType: 'url',
      OptionalObjectAttributes: observer.lacks ? undefined : ['RestoreStatus'],
      ExpectedBucketOwner: owner,
      RequestPayer: requestPayer,
    });
    try {
      const requests = BucketRequests.of(client, bucket);
      const { body } = await withFreshCredentials(client, () =>
        observed('list', observer, () => requests.send(command, (bytes) => ({ body: bytes }))),
      );
      return readVersionsPage(body, bucket, prefix, asked);
    } catch (error) {
      const found = orExpired(error, name);
      if (found instanceof ListingError || found instanceof CredentialsExpiredError) throw found;
      const isExhausted = observer.patience?.isExhausted;
      throw listingError({
        place: `the versions in ${formatS3Url(bucket, prefix)}`,
        error,
        continuation: undefined,
        isExhausted,
      });
    }
  }
}
