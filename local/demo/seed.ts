import type { Bucket, S3State } from '../s3';
import { contentOf } from './content';
import { afterChange, atProduction, type Difference, differenceOf, orphans } from './outdated-production';
import type { SiteObject } from './site-object';
import { stagingSite } from './staging-site';

export const STAGING = 'my-staging';
export const PRODUCTION = 'my-production';

export interface BucketFacts {
  readonly objects: number;
  readonly sizeBytes: number;
}

/** What was put into the two buckets. */
export interface DemoFacts {
  readonly staging: BucketFacts;
  readonly production: BucketFacts;
  /** Staging's objects, by what is different about them at production. */
  readonly differences: Readonly<Record<Difference, number>>;
  readonly orphans: number;
}

/** Makes a staging bucket with a web site in it, and a production bucket with last month's version. */
export function seed(state: S3State): DemoFacts {
  const now = new Date();
  const staging = new Filler(state.createBucket(STAGING));
  const production = new Filler(state.createBucket(PRODUCTION));
  const differences = { unchanged: 0, missing: 0, changed: 0, 'changed-same-size': 0, 'changed-headers': 0 };
  for (const built of stagingSite(now)) {
    const object = afterChange(built, now);
    const published = atProduction(object);
    staging.put(object);
    if (published) production.put(published);
    differences[differenceOf(object.key)] += 1;
  }
  const kept = production.facts.objects;
  for (const orphan of orphans(now)) production.put(orphan);
  return {
    staging: staging.facts,
    production: production.facts,
    differences,
    orphans: production.facts.objects - kept,
  };
}

class Filler {
  readonly facts = { objects: 0, sizeBytes: 0 };

  constructor(private readonly bucket: Bucket) {}

  put(object: SiteObject): void {
    this.bucket.put(object.key, contentOf(object), object.attributes);
    this.facts.objects += 1;
    this.facts.sizeBytes += object.sizeBytes;
  }
}
