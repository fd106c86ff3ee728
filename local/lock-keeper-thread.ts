import { setTimeout } from 'node:timers/promises';
import { workerData } from 'node:worker_threads';
import { lockStoreOf, renewLock } from '../lambdas/engine/lock/run-lock';
import { lambdaHost } from '../lambdas/host/lambda-host';
import { useCredentialsOfRun } from './credential-channel';
import type { KeeperData } from './lock-keeper';

useCredentialsOfRun();
const { run, everyMs } = workerData as KeeperData;

/** Until the run has lost its lock, or given it back. */
async function renewAgainAndAgain(): Promise<void> {
  const store = lockStoreOf(run, lambdaHost({ getRemainingTimeInMillis: () => everyMs }));
  if (!store || run.lockId === undefined) return;
  // One that failed is made up for by the next one.
  while (await renewLock(run.lockId, store).catch(() => true)) await setTimeout(everyMs);
}

void renewAgainAndAgain();
