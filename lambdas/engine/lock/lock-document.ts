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

/** A folder to which no run may write until somebody releases it. The run store has the reason, see `HoldRecord`. */
export interface Hold {
  /** Random. */
  readonly id: string;
  /** Empty, or ends in `/`. */
  readonly folder: string;
  /** ISO 8601. */
  readonly since: string;
}

/** The lock of a destination, as it was read. */
export interface Lock {
  /** Empty if there is no lock; undefined if it cannot be read, such as a file that is empty after a power failure. */
  readonly holders: readonly Holder[] | undefined;
  readonly holds: readonly Hold[];
  /** undefined if there is no lock */
  readonly version?: string;
  readonly writtenAt?: number;
  readonly now?: number;
}

export const NO_LOCK: Lock = { holders: [], holds: [] };

export async function readLock(store: LockStore): Promise<Lock> {
  const stored = await store.read();
  return stored ? { ...stored, ...parse(stored) } : NO_LOCK;
}

/**
 * @param kept  entries of `lock`
 * @param changes  a new entry; other holds than those of `lock`
 * @returns the document
 */
export function formatLock(
  lock: Lock,
  kept: readonly Holder[],
  { own, holds = lock.holds }: { readonly own?: Holder | undefined; readonly holds?: readonly Hold[] } = {},
): string {
  const dated = kept.map((holder) => ({ ...holder, writtenAt: holder.writtenAt ?? lock.writtenAt }));
  const holders = own ? [...dated, own] : dated;
  return `${JSON.stringify({ holders, ...(holds.length > 0 && { holds }) })}\n`;
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

/** Whether the lease of a run is over. Then the run has ended, or must no longer write. */
export function leaseIsOver(holder: Holder, lock: Lock): boolean {
  return holder.leaseMs !== undefined && (ageOf(holder, lock) ?? 0) >= holder.leaseMs;
}

function parse({ body }: StoredLock): Pick<Lock, 'holders' | 'holds'> {
  try {
    const { holders, holds = [] } = JSON.parse(body) as { holders?: unknown; holds?: unknown };
    const isLock = Array.isArray(holders) && holders.every(isHolder) && Array.isArray(holds) && holds.every(isHold);
    return isLock ? { holders, holds } : UNREADABLE;
  } catch {
    return UNREADABLE;
  }
}

const UNREADABLE = { holders: undefined, holds: [] };

/** The id becomes part of a file name, and anybody who may write to the bucket can invent one. So only UUIDs are accepted. */
const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

function isHolder(value: unknown): value is Holder {
  const { id, folder, startedAt, writtenAt, leaseMs } = (value ?? {}) as Partial<Record<keyof Holder, unknown>>;
  const isTime = (time: unknown) => time === undefined || Number.isFinite(time);
  return isEntry({ id, folder, at: startedAt }) && isTime(writtenAt) && isTime(leaseMs);
}

function isHold(value: unknown): value is Hold {
  const { id, folder, since } = (value ?? {}) as Partial<Record<keyof Hold, unknown>>;
  return isEntry({ id, folder, at: since });
}

/** A message shows folder and time, and an execution ends if a message is longer than its state may be. */
const LONGEST_TEXT = 1_024;

function isEntry({ id, folder, at }: Readonly<Record<'id' | 'folder' | 'at', unknown>>): boolean {
  const texts = [id, folder, at];
  return texts.every((text) => typeof text === 'string' && text.length <= LONGEST_TEXT) && ID.test(id as string);
}
