import type { Command } from '../../frame/run-measured';

/** A program that makes one bucket equal to another. */
export interface Tool {
  readonly name: string;
  readonly version: string;
  /** Why it is run with these flags, for docs/performance.md. */
  readonly flags: string;
  /**
   * Installs the program at its version, unless an earlier bench did.
   *
   * @returns the folder it is in
   * @throws Error  it cannot be had here
   */
  prepare(log: (line: string) => void): Promise<string>;
  /** The command that makes s3://destination equal to s3://source. @param scratch  an empty folder for this run */
  command(run: ToolRun): Command;
  /** The same with a limit of deletes, and a check afterwards. Absent: the program has neither. */
  nightly?(run: ToolRun): readonly Command[];
}

export interface ToolRun {
  readonly folder: string;
  readonly endpoint: string;
  readonly scratch: string;
}

/** What all tools read from the environment. */
export const CREDENTIALS = {
  AWS_ACCESS_KEY_ID: 'bench',
  AWS_SECRET_ACCESS_KEY: 'bench',
  AWS_REGION: 'us-east-1',
  AWS_DEFAULT_REGION: 'us-east-1',
  AWS_EC2_METADATA_DISABLED: 'true',
} as const;
