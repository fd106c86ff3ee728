/** Harmless requests that tell what the two buckets of a run are set to, and what may be done there. */
export interface BucketProbes {
  /** Whether a bucket is a website; true also where that may not be asked. */
  isWebsite(side: 'source' | 'destination'): Promise<boolean>;
  /** Whether the destination uses ACLs; false also where that may not be asked, since few buckets do. */
  usesAcls(): Promise<boolean>;
  /** Reads no more than a byte of a source object. @throws StoreError */
  readObject(key: string): Promise<void>;
  /** Asks the destination to delete a key that is not there. @throws StoreError */
  deleteNothing(key: string): Promise<void>;
}
