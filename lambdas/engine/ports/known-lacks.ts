import type { Lack } from '../../../statemachine/lacks';

/** What the S3 of a run was found to lack, so that each is tried once. */
export interface KnownLacks {
  has(lack: Lack): boolean;
  /** @param said  what the server answered */
  add(lack: Lack, said?: unknown, options?: { readonly lasting?: boolean }): void;
  /** What is refused about `operation` is refused for other reasons than those that are known here. */
  giveUp(operation: string): void;
  hasGivenUp(operation: string): boolean;
  /** Lets the first request of a kind find out what the server takes, while the others wait. */
  first<T>(kind: string, act: () => Promise<T>): Promise<T>;
}
