import { holdsOf } from '../../lambdas/engine/lock/hold';
import { findHoldRecord } from '../../lambdas/engine/lock/hold-record';
import { proveEnd } from '../../lambdas/engine/lock/lock-proof';
import { findRecord } from '../../lambdas/engine/lock/lock-record';
import { findLock } from '../../lambdas/engine/lock/run-lock';
import { type LockStore, lockInRunStore } from '../../lambdas/engine/ports/lock-store';
import type { RunStore } from '../../lambdas/engine/ports/run-store';
import { isRunning } from '../../lambdas/host/is-running';
import { S3LockStore } from '../../lambdas/host/lock-store/s3-lock-store';
import { openRunStore } from '../../lambdas/host/run-store/open-run-store';
import { describeError } from '../../lambdas/s3/errors/server-words';
import type { BucketQuestion, LockFacts, LockingRun } from './bucket-facts';

/** Reads the lock of a folder in the destination, and the one that runs with `lock: "reports"` keep. */
export async function readLocks(question: BucketQuestion, region: string): Promise<LockFacts> {
  const { bucket, prefix, requestPayer, reportLocation } = question;
  const runStore = reportLocation === undefined ? undefined : openRunStore(reportLocation);
  const inDestination = new S3LockStore({
    destination: bucket,
    region,
    owner: undefined, // a check of its own
    ...(requestPayer && { requestPayer }),
  });
  const found: LockFacts[] = [];
  for (const store of [inDestination, ...(runStore ? [lockInRunStore(runStore, bucket)] : [])]) {
    found.push(await readLockIn(store, prefix, runStore));
  }
  return {
    unreadable: found.flatMap(({ unreadable }) => unreadable),
    runs: found.flatMap(({ runs }) => runs),
    holds: found.flatMap(({ holds }) => holds),
  };
}

async function readLockIn(store: LockStore, prefix: string, runStore: RunStore | undefined): Promise<LockFacts> {
  const { place, lock, holders } = await findLock(prefix, store);
  if (!lock.holders) return { unreadable: [place], runs: [], holds: [] };
  const runs: LockingRun[] = [];
  for (const holder of holders) {
    const record = runStore && (await findRecord(holder.id, runStore));
    const { ended, doubt } = await proveEnd(holder, lock, record, { isRunning });
    runs.push({
      folder: holder.folder,
      startedAt: holder.startedAt,
      ended,
      ...(record && { executionId: record.executionId }),
      ...(doubt !== undefined && { doubt: describeError(doubt) }),
    });
  }
  const held = holdsOf(prefix, lock).map(async ({ id, folder, since }) => {
    const record = runStore && (await findHoldRecord(id, runStore));
    return { folder, since, ...(record && { reason: record.reason }) };
  });
  return { unreadable: [], runs, holds: await Promise.all(held) };
}
