import type { Lack } from '../../../statemachine/lacks';

/** What the servers of a run were found to lack, so that each missing feature is tried only once. */
export interface KnownLacks {
  has(lack: Lack): boolean;
  /** @param said  the server's answer */
  add(lack: Lack, said?: unknown, options?: { readonly lasting?: boolean }): void;
  /** Notes that `operation` is rejected for a reason that is not known here, so leaving things out does not help. */
  giveUp(operation: string): void;
  hasGivenUp(operation: string): boolean;
  /** Lets the first request of a kind find out what the server accepts, while all others wait. */
  first<T>(kind: string, act: () => Promise<T>): Promise<T>;
}
