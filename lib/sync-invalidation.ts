/** What to tell CloudFront of what a run has replaced or deleted. */
export interface SyncInvalidation {
  /** Id of the distribution, such as `distribution.distributionId`. The functions may invalidate paths of it, and do nothing else with it. */
  readonly distribution: string;

  /**
   * Paths to invalidate if anything has changed, such as a single path for everything.
   *
   * @default the paths of what has changed
   */
  readonly paths?: string[];

  /**
   * How many paths to invalidate at most: 1 to 3,000. If more have changed, their folders are invalidated, or everything.
   *
   * @default 50
   */
  readonly maxPaths?: number;

  /**
   * Name of the object that viewers also get as its folder. An empty text: there is none.
   *
   * @default index.html
   */
  readonly indexDocument?: string;

  /**
   * Whether to invalidate such a folder without its slash, too: for a function at the edges that serves `/blog` as `/blog/`.
   *
   * @default false
   */
  readonly bareFolders?: boolean;

  /**
   * Folder of the bucket that the distribution serves, such as `/site`.
   *
   * @default the whole bucket
   */
  readonly originPath?: string;

  /**
   * Folder in which viewers see the objects, such as `/docs`.
   *
   * @default none
   */
  readonly viewerPrefix?: string;

  /**
   * Cache tags to invalidate if anything has changed, such as `#site`.
   *
   * @default none
   */
  readonly tags?: string[];

  /**
   * Whether to invalidate the paths of new objects, too: for a distribution that caches errors.
   *
   * @default false
   */
  readonly newPaths?: boolean;

  /**
   * Whether to wait until CloudFront has done it, for a minute at most.
   *
   * @default false
   */
  readonly wait?: boolean;
}
