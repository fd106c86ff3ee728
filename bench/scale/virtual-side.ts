import { setImmediate } from 'node:timers/promises';
import type { ObjectPage, PageRequest, RestorableSource } from '../../lambdas/engine/ports/bucket-reader';
import type { BucketWriter } from '../../lambdas/engine/ports/bucket-writer';
import type { RequestObserver } from '../../lambdas/engine/ports/request-observer';
import { StoreError } from '../../lambdas/engine/ports/store-error';
import type { VirtualBucket } from './virtual-bucket';

const PAGE = 1000;

/** What S3 and the machine around it do to a request before it is answered. */
export interface Conditions {
  /** Keys on a page. */
  readonly pageSize: number;
  list(key: string): Promise<void>;
  copy(key: string): Promise<void>;
  delete(key: string): Promise<void>;
}

/** Answers at once, but in another turn of the event loop as every network does; without, nothing else would get its turn. */
export const NO_CONDITIONS: Conditions = {
  pageSize: PAGE,
  list: () => setImmediate(),
  async copy() {},
  async delete() {},
};

/** The engine's port to a computed bucket, in place of HTTP, XML and S3. */
export function virtualSource(
  bucket: VirtualBucket,
  conditions: Conditions,
  observer: RequestObserver,
): RestorableSource {
  return {
    async listPage({ startAfter, continuation, maxKeys }: PageRequest): Promise<ObjectPage> {
      observer.counters.list += 1;
      const from = continuation === undefined ? firstIndex(bucket, startAfter) : Number(continuation);
      await conditions.list(bucket.keys.keyAt(Math.min(from, bucket.keys.size - 1)));
      const { objects, next } = bucket.slice(from, Math.min(maxKeys ?? PAGE, conditions.pageSize));
      return { objects, ...(next < bucket.keys.size && { next: String(next) }) };
    },
    headObject: unexpected,
    headPart: unexpected,
    listPartSizes: unexpected,
    readTags: unexpected,
    countTags: unexpected,
    restoreObject: unexpected,
  };
}

export function virtualDestination(
  bucket: VirtualBucket,
  conditions: Conditions,
  observer: RequestObserver,
): BucketWriter {
  const uploads = { create: unexpected, copyPart: unexpected, listParts: unexpected, complete: unexpected };
  return {
    ...virtualSource(bucket, conditions, observer),
    async copyObject({ key, sourceETag }) {
      observer.counters.copy += 1;
      await conditions.copy(key);
      return sourceETag;
    },
    async deleteObjects([first]) {
      observer.counters.delete += 1;
      await conditions.delete(first?.key ?? '');
      return [];
    },
    uploads: { ...uploads, abort: unexpected },
  };
}

function firstIndex(bucket: VirtualBucket, startAfter: string | undefined): number {
  return startAfter === undefined ? 0 : bucket.keys.indexAfter(startAfter);
}

/** Small objects of equal headers need no other request: a loop that makes one counts a failure; `ValidateInput` only tries. */
async function unexpected(): Promise<never> {
  throw new StoreError('refused', 'Expected a mirror of virtual buckets to list, copy and delete only');
}
