import type { LockStore, StoredLock } from '../ports/lock-store';

/**
 * A run that writes to a folder of the bucket. The bucket may be public, so this entry does not say who runs it. The run store
 * keeps that, see `LockRecord`.
 */
export interface Holder {
  /** Random. */
  readonly id: string;
  /** The folder that the run writes to: empty, or ends in `/`. */
  readonly folder: string;
  /** ISO 8601. */
  readonly startedAt: string;
  /** When this entry was written, in milliseconds since 1970 by the store's clock; absent: together with this version of the document. */
  readonly writtenAt?: number;
  /** The run renews its entry regularly. If the entry is older than this, the run has ended or must not write. */
  readonly leaseMs?: number;
  /** The run took the lock over, so functions of the former run may still be at work for some seconds. */
  readonly takenOver?: boolean;
  /** The run has ended, but some of its functions may not have noticed yet. */
  readonly ended?: boolean;
}

/** The lock of a destination, as it was read. */
export interface Lock {
  /** Empty if there is no lock; undefined if it cannot be read, such as a file that is empty after a power failure. */
  readonly holders: readonly Holder[] | undefined;
  /** undefined if there is no lock */
  readonly version?: string;
  readonly writtenAt?: number;
  readonly now?: number;
}

export const NO_LOCK: Lock = { holders: [] };

export async function readLock(store: LockStore): Promise<Lock> {
  const stored = await store.read();
  return stored ? { ...stored, holders: parse(stored) } : NO_LOCK;
}

/** @param kept  entries of `lock` @returns the document with these entries and `own` */
export function formatLock(lock: Lock, kept: readonly Holder[], own?: Holder): string {
  const dated = kept.map((holder) => ({ ...holder, writtenAt: holder.writtenAt ?? lock.writtenAt }));
  return `${JSON.stringify({ holders: own ? [...dated, own] : dated })}\n`;
}

/** Whether one of the two folders contains the other. */
export function overlap(one: string, other: string): boolean {
  return one.startsWith(other) || other.startsWith(one);
}

/** How old an entry is by the store's own clock; undefined if that clock is not known. */
export function ageOf({ writtenAt }: Holder, lock: Lock): number | undefined {
  const since = writtenAt ?? lock.writtenAt;
  return since === undefined || lock.now === undefined ? undefined : lock.now - since;
}

/** Whether the lease of a run is over. Then the run has ended, or must not write any more. */
export function leaseIsOver(holder: Holder, lock: Lock): boolean {
  return holder.leaseMs !== undefined && (ageOf(holder, lock) ?? 0) >= holder.leaseMs;
}

function parse({ body }: StoredLock): Holder[] | undefined {
  try {
    const { holders } = JSON.parse(body) as { holders?: unknown };
    return Array.isArray(holders) && holders.every(isHolder) ? holders : undefined;
  } catch {
    return undefined;
  }
}

/** The id becomes part of a file name, and anybody who may write to the bucket can invent one. So only UUIDs are accepted. */
const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

function isHolder(value: unknown): value is Holder {
  const { id, folder, startedAt, writtenAt, leaseMs } = (value ?? {}) as Partial<Record<keyof Holder, unknown>>;
  const isTime = (time: unknown) => time === undefined || Number.isFinite(time);
  return (
    [id, folder, startedAt].every((text) => typeof text === 'string') &&
    ID.test(id as string) &&
    isTime(writtenAt) &&
    isTime(leaseMs)
  );
}
