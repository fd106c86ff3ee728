/** Attempts of requests that failed although another one may succeed, by all requests of this thread so far. */
export interface FailedAttempts {
  readonly count: number;
  readonly last?: FailedAttempt | undefined;
  /** How many of each name. Absent: nobody has counted. */
  readonly byName?: Readonly<Record<string, number>>;
}

export interface FailedAttempt {
  /** The server's own code. For a connection that failed: `EndpointError`. */
  readonly name: string;
  /** What the server said, or what became of the connection. */
  readonly words: string;
  /** What helps, for people. */
  readonly advice: string;
}
