import type { LockStore, StoredLock } from '../ports/lock-store';

/**
 * A run that writes to a folder of the bucket. The bucket may be public, so this tells nothing about who runs it; that is
 * kept in the run store, see `LockRecord`.
 */
export interface Holder {
  /** Random. */
  readonly id: string;
  /** Folder that is written to: empty, or ends in `/`. */
  readonly folder: string;
  /** ISO 8601. */
  readonly startedAt: string;
  /** When this entry was written, in milliseconds since 1970 by the store's clock; absent: with this version of the document. */
  readonly writtenAt?: number;
  /** The run writes its entry again and again. If the entry is older than this, the run has ended or may not write. */
  readonly leaseMs?: number;
  /** Functions of the run before it may be at work for some seconds. */
  readonly takenOver?: boolean;
  /** The run writes no more, but functions of it may not have noticed yet. */
  readonly ended?: boolean;
}

/** The lock of a destination as it was read. */
export interface Lock {
  /** Empty where there is no lock; undefined where it cannot be read, such as a file that a power failure has left empty. */
  readonly holders: readonly Holder[] | undefined;
  /** undefined where there is none */
  readonly version?: string;
  readonly writtenAt?: number;
  readonly now?: number;
}

export const NO_LOCK: Lock = { holders: [] };

export async function readLock(store: LockStore): Promise<Lock> {
  const stored = await store.read();
  return stored ? { ...stored, holders: parse(stored) } : NO_LOCK;
}

/** @returns the document with the entries of `lock` that are kept, and `own` */
export function formatLock(lock: Lock, kept: readonly Holder[], own?: Holder): string {
  const dated = kept.map((holder) => ({ ...holder, writtenAt: holder.writtenAt ?? lock.writtenAt }));
  return `${JSON.stringify({ holders: own ? [...dated, own] : dated })}\n`;
}

/** Whether one of two folders holds the other. */
export function overlap(one: string, other: string): boolean {
  return one.startsWith(other) || other.startsWith(one);
}

/** How old an entry is, by the store's clock alone; undefined where that clock is not known. */
export function ageOf({ writtenAt }: Holder, lock: Lock): number | undefined {
  const since = writtenAt ?? lock.writtenAt;
  return since === undefined || lock.now === undefined ? undefined : lock.now - since;
}

/** Whether a run has let its lease run out: it has ended, or may not write any more. */
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

/** The id becomes the name of a file, and whoever may write to the bucket can make one up. */
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
