import { randomUUID } from 'node:crypto';
import type { Holder } from '../../lambdas/engine/lock/lock-document';
import { writeRecord } from '../../lambdas/engine/lock/lock-record';
import type { ProcessIdentity } from '../../lambdas/engine/ports/process-identity';
import { openRunStore } from '../../lambdas/host/run-store/open-run-store';
import { type Bucket, bodyBytes } from '../../local/s3';
import { LOCK_KEY } from '../../statemachine/reserved-folder';

export { LOCK_KEY };

/** The text of a destination's lock, without a request; undefined where there is none. */
export function lockText(destination: Bucket): string | undefined {
  const object = destination.get(LOCK_KEY);
  return object && bodyBytes(object.body).toString('utf8');
}

/** Who holds a destination's lock, without a request. */
export function holdersOf(destination: Bucket): Holder[] {
  return JSON.parse(lockText(destination) ?? '{"holders":[]}').holders;
}

export function putHolders(destination: Bucket, holders: readonly Holder[], lastModified?: Date): void {
  destination.put(LOCK_KEY, JSON.stringify({ holders }), { lastModified });
}

/** An entry of a run, of which nothing more is known. */
export function newHolder(more: Partial<Holder> = {}): Holder {
  return { id: randomUUID(), folder: '', startedAt: '2026-01-01T00:00:00Z', ...more };
}

/** Lets a run hold the lock of a destination that never was. */
export async function holdLock(
  destination: Bucket,
  { executionId, process, folder = '' }: { executionId: string; process?: ProcessIdentity; folder?: string },
  reportLocation: string,
): Promise<Holder> {
  const holder = newHolder({ folder });
  const { id, startedAt } = holder;
  const record = { executionId, startedAt, destination: destination.name, destinationPrefix: folder };
  await writeRecord(id, { ...record, ...(process && { process }) }, openRunStore(reportLocation));
  putHolders(destination, [holder]);
  return holder;
}
