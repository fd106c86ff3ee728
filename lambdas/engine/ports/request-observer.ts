import type { RequestCounters } from '../../../statemachine/contract';
import type { KnownLacks } from './known-lacks';
import type { Outages } from './outages';

/** Observes and steers the requests of a store. */
export interface RequestObserver {
  readonly counters: RequestCounters;
  /** Called at once for each attempt that S3 rejected as too fast, or that failed but may succeed later. */
  onSlowDown(): void;
  /** S3 has kept a write as this version of its key. Only buckets that keep versions say so. @param key  relative */
  onWritten?(key: string, versionId: string): void;
  /** S3 has sent a request to KMS for the key of an object. */
  onKmsRequest?(): void;
  /** If given, no attempt is repeated here: this is called, the request fails, and its sender repeats it. */
  leaveToSender?(): void;
  /** If given, it decides whether a request that has used up its attempts gets more, and is notified of each answer. */
  readonly patience?: Outages;
  /** If given, each attempt of each write passes it, except requests that abort an upload. */
  readonly gate?: WriteGate;
  /** Which version of an object of the source requests are about. Absent, or undefined: the latest. @param key  relative */
  versionOf?(key: string): string | undefined;
  /** Aborted when nobody needs list pages any longer. Open list requests then fail. */
  readonly signal?: AbortSignal;
  /** Aborted when copies through this machine must end in the middle. They then fail with `StreamStoppedError`. */
  readonly streamSignal?: AbortSignal;
  /** How many milliseconds a list page may take from now on. After that it fails. */
  listMs?(): number;
  /** What the server was found to lack; undefined: the server is AWS, which lacks nothing. */
  readonly lacks?: KnownLacks | undefined;
}

/** Decides at the last moment whether a write may be sent. */
export interface WriteGate {
  /** Resolves when the write may be sent. If the promise rejects, the request fails. */
  pass(): Promise<void>;
  /** Called right before the request leaves: whether the result of `pass` is still valid. If not, the request must pass again. */
  isOpen(): boolean;
}
