/** Where the two sides of a run are, as far as they may be in different places; see docs/two-worlds.md. */
export interface Worlds {
  /** Equal names of buckets are no reason to think that they are one. */
  isApart(source: string, destination: string): boolean;
  /** Absent: both sides are as the environment says. */
  describe(source: string, destination: string): SidesOfRun | undefined;
}

export interface SidesOfRun {
  /** No server reaches both, so each copy goes through the machine. */
  readonly streams: boolean;
  readonly source: SideOfRun;
  readonly destination: SideOfRun;
}

export interface SideOfRun {
  /** Of S3, where it is not AWS. */
  readonly endpoint?: string;
  /** It is AWS's own: its list pages leave nothing out, and it heeds conditions. */
  readonly isAws: boolean;
}
