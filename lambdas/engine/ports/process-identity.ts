/** Identifies a process among all processes of all machines. */
export interface ProcessIdentity {
  /** Unique for each machine and each start of the machine. */
  readonly boot: string;
  /** The namespaces in which process ids and start times are counted. */
  readonly namespaces: string;
  readonly processId: number;
  /** In the system's own unit. It tells a process from a later one with the same id. */
  readonly startTime: string;
}
