/** Which process of which machine runs something: what makes it unlike any other process of any machine. */
export interface ProcessIdentity {
  /** Unlike that of any other machine, and of this machine since it was started again. */
  readonly boot: string;
  /** Within which process ids and times are counted. */
  readonly namespaces: string;
  readonly processId: number;
  /** As the system counts it; tells a process from a later one with the same id. */
  readonly startTime: string;
}
