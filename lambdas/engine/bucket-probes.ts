/** Harmless requests that tell what the two buckets of a run are set to. */
export interface BucketProbes {
  /** Whether a bucket is a website; true also where that may not be asked. */
  isWebsite(side: 'source' | 'destination'): Promise<boolean>;
  /** Whether the destination uses ACLs; false also where that may not be asked, since few buckets do. */
  usesAcls(): Promise<boolean>;
}
