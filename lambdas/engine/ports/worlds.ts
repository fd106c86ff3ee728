/** Where the two sides of a run are, if they may be in different places; see docs/two-worlds.md. */
export interface Worlds {
  /** Whether the two sides are reached in different ways, so that buckets of the same name may be two buckets. */
  isApart(source: string, destination: string): boolean;
  /** @returns undefined if the environment describes both sides. An undo has one side only: it copies within its destination */
  describe(run: BucketsOfRun): SidesOfRun | undefined;
}

/** The names of a run's buckets, and whether it is an undo. */
export interface BucketsOfRun {
  readonly source: string;
  readonly destination: string;
  readonly undo?: string | undefined;
}

export interface SidesOfRun {
  /** No server reaches both sides, so each copy goes through this machine. */
  readonly streams: boolean;
  readonly source: SideOfRun;
  readonly destination: SideOfRun;
}

export interface SideOfRun {
  /** Of the server, if it is not AWS. */
  readonly endpoint?: string;
  /** The server is AWS: its list pages leave nothing out, and it obeys conditions. */
  readonly isAws: boolean;
}
