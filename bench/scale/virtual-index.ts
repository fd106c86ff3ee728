import {
  Bucket,
  type BucketIndex,
  type ByteKey,
  fromByteKey,
  type KeyRecord,
  type ObjectVersion,
  toByteKey,
} from '../../local/s3';
import type { VirtualBucket } from './virtual-bucket';

/** The keys of a virtual bucket for the embedded S3. What is written is forgotten, so a copy or a delete costs no memory. */
export class VirtualIndex implements BucketIndex {
  readonly #template: ObjectVersion;

  constructor(
    private readonly bucket: VirtualBucket,
    now: () => Date,
  ) {
    const place = { region: 'us-east-1', ownerId: '123456789012' };
    this.#template = new Bucket('template', place, { now, newId: () => '' }).put('template', 'x'.repeat(1000));
  }

  get size(): number {
    return this.bucket.objects;
  }

  get(key: string): KeyRecord | undefined {
    const index = this.bucket.keys.indexAfter(key) - 1;
    return index >= 0 && this.bucket.keys.keyAt(index) === key ? this.#recordAt(index) : undefined;
  }

  *after(after: ByteKey): Iterable<KeyRecord> {
    const { keys } = this.bucket;
    for (let index = after === '' ? 0 : keys.indexAfter(fromByteKey(after)); index < keys.size; index++) {
      const record = this.#recordAt(index);
      if (record) yield record;
    }
  }

  set(): void {}

  delete(): void {}

  #recordAt(index: number): KeyRecord | undefined {
    const object = this.bucket.at(index);
    if (!object) return undefined;
    const { key, eTag, lastModified } = object;
    return {
      key,
      byteKey: toByteKey(key),
      versions: [{ ...this.#template, key, eTag, lastModified: new Date(lastModified) }],
    };
  }
}
