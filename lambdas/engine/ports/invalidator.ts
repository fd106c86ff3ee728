/** What is to be removed from the edges of a distribution. */
export interface InvalidationRequest {
  readonly distribution: string;
  /** The same request with the same reference creates nothing new. */
  readonly reference: string;
  /** Paths, which begin with `/`, and tags, which begin with `#`. */
  readonly items: readonly string[];
}

/** Tells CloudFront what has changed. */
export interface Invalidator {
  /** It takes some seconds at most. @returns its id @throws Error  with CloudFront's code as its name */
  create(request: InvalidationRequest): Promise<string>;
  /** Whether all edges have done what was asked for. @throws Error  as `create` */
  isComplete(distribution: string, id: string): Promise<boolean>;
}
