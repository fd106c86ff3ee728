import type { BucketProbes, CopyTrial, VersionExpiry, WriteHeaders } from '../../../lambdas/engine/ports/bucket-probes';
import { encodeCopySource } from '../../../lambdas/s3/buckets/encode-copy-source';
import { errorCode, isForbidden, toStoreError } from '../../../lambdas/s3/errors/s3-errors';
import { children, childText, parseXml } from '../../../local/s3/xml';
import type { Run } from '../../../statemachine/contract';
import { settingHeaders } from './memory-destination';
import { ask, type MemorySide, type Request } from './memory-requests';
import { restoreBody } from './request-bodies';

/** An ETag that no object has. */
const NO_ETAG = `"${'0'.repeat(32)}"`;

interface Sides {
  readonly source: MemorySide;
  readonly destination: MemorySide;
}

/** Trial requests to buckets of the embedded S3 as `S3Probes` makes them, without HTTP. */
export class MemoryProbes implements BucketProbes {
  constructor(
    private readonly sides: Sides,
    private readonly run: Pick<Run, 'input' | 'settings'>,
  ) {}

  async isWebsite(side: keyof Sides): Promise<boolean> {
    try {
      await ask({ ...this.sides[side], requestPayer: undefined }, { operation: 'GetBucketWebsite' });
      return true;
    } catch (error) {
      return errorCode(error) !== 'NoSuchWebsiteConfiguration';
    }
  }

  async usesAcls(): Promise<boolean | undefined> {
    const side = { ...this.sides.destination, requestPayer: undefined };
    try {
      const { result } = await ask(side, { operation: 'GetBucketOwnershipControls' });
      return result.ownership !== 'BucketOwnerEnforced';
    } catch (error) {
      if (isForbidden(error)) return undefined;
      return errorCode(error) === 'OwnershipControlsNotFoundError';
    }
  }

  async versionExpiries(): Promise<readonly VersionExpiry[] | undefined> {
    const side = { ...this.sides.destination, requestPayer: undefined };
    try {
      const { body } = await ask(side, { operation: 'GetBucketLifecycleConfiguration' });
      const rules = children(parseXml(Buffer.from(String(body)), 'LifecycleConfiguration'), 'Rule');
      return rules.flatMap((rule) => {
        const [expiry] = children(rule, 'NoncurrentVersionExpiration');
        const days = childText(rule, 'Status') === 'Enabled' ? childText(expiry, 'NoncurrentDays') : undefined;
        const [filter] = children(rule, 'Filter');
        const [both] = children(filter, 'And');
        const folder = [filter, both, rule].map((of) => childText(of, 'Prefix')).find((prefix) => prefix !== undefined);
        return days === undefined ? [] : [{ folder: folder ?? '', days: Number(days) }];
      });
    } catch (error) {
      return errorCode(error) === 'NoSuchLifecycleConfiguration' ? [] : undefined;
    }
  }

  async readObject(key: string): Promise<void> {
    await askFor(this.sides.source, { operation: 'GetObject', key, headers: { range: 'bytes=0-0' } });
  }

  async copyNothing(sourceKey: string, key: string, condition?: 'absent' | 'present'): Promise<CopyTrial> {
    const { source, destination } = this.sides;
    const headers = {
      ...(condition === 'absent' && { 'if-none-match': '*' }),
      ...(condition === 'present' && { 'if-match': NO_ETAG }),
      'x-amz-copy-source': encodeCopySource(source, sourceKey),
      'x-amz-copy-source-if-match': NO_ETAG,
      ...settingHeaders(this.run),
      'x-amz-tagging-directive': 'REPLACE',
      'x-amz-source-expected-bucket-owner': source.owner,
    };
    try {
      await ask(destination, { operation: 'CopyObject', key, headers });
      return { outcome: 'allowed' };
    } catch (error) {
      if (errorCode(error) === 'NotImplemented') return { outcome: 'unsupported', error: toStoreError(error) };
      return isForbidden(error) ? { outcome: 'denied', error: toStoreError(error) } : { outcome: 'allowed' };
    }
  }

  async acceptsWrite(key: string, { sse, acl, storageClass }: WriteHeaders): Promise<boolean> {
    const { destination } = this.sides;
    const headers = { 'x-amz-server-side-encryption': sse, 'x-amz-acl': acl, 'x-amz-storage-class': storageClass };
    try {
      const { result } = await ask(destination, { operation: 'CreateMultipartUpload', key, headers });
      const query = { uploadId: result.uploadId };
      await ask(destination, { operation: 'AbortMultipartUpload', key, query }).catch(() => {});
      return true;
    } catch {
      return false;
    }
  }

  async restoreNothing(key: string): Promise<void> {
    await askFor(this.sides.source, { operation: 'RestoreObject', key, body: restoreBody('Bulk', 1) });
  }

  /** Only other servers than AWS are tried, and the host of these buckets stands for AWS. */
  async tryHeaders(): Promise<never> {
    throw new Error('Expected a server that is not AWS; try headers over HTTP');
  }

  /** There is only one server, so no run asks. */
  async isSeenAtSource(): Promise<never> {
    throw new Error('Expected two servers; try two worlds over HTTP');
  }

  async deleteNothing(key: string): Promise<void> {
    await askFor(this.sides.destination, { operation: 'DeleteObject', key, headers: { 'if-match': NO_ETAG } });
  }
}

/** @throws StoreError */
async function askFor(side: MemorySide, request: Request<string>): Promise<void> {
  await ask(side, request).catch((error: unknown) => {
    throw toStoreError(error);
  });
}
