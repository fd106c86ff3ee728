import type { RequestCounters } from '../../../statemachine/contract';
import type { KnownLacks } from './known-lacks';
import type { Outages } from './outages';

/** What a store tells about the requests it makes. */
export interface RequestObserver {
  readonly counters: RequestCounters;
  /** At once for each attempt that S3 turned away, or that failed in a way that another may not. */
  onSlowDown(): void;
  /** S3 has asked KMS for the key of an object. */
  onKmsRequest?(): void;
  /** There could be another attempt, and whoever sent the request makes it: the request has failed. */
  leaveToSender?(): void;
  /** Where it is given, it decides whether a request that has used up its attempts gets more; and is told of each answer. */
  readonly patience?: Outages;
  /** Where it is given, each attempt of each request that writes passes it, but for those that abort an upload. */
  readonly gate?: WriteGate;
  /** Aborted when no list page is wanted any more; it fails then. */
  readonly signal?: AbortSignal;
  /** Aborted when copies that go through this machine have to end where they are; they fail with `StreamStoppedError`. */
  readonly streamSignal?: AbortSignal;
  /** How long a list page may take from now on, in milliseconds; it fails then. */
  listMs?(): number;
  /** What the S3 was found to lack; undefined: it is AWS's own, and lacks nothing. */
  readonly lacks?: KnownLacks | undefined;
}

/** What decides at the last moment whether a request that writes may be sent. */
export interface WriteGate {
  /** Resolves when it may be sent. If it rejects, the request has failed. */
  pass(): Promise<void>;
  /** Asked when the request is about to leave: whether what `pass` had found still holds. If not, it has to pass again. */
  isOpen(): boolean;
}
