import { setTimeout } from 'node:timers/promises';
import { workerData } from 'node:worker_threads';
import { lockStoreOf, renewLock } from '../lambdas/engine/lock/run-lock';
import { lambdaHost } from '../lambdas/host/lambda-host';
import { useCredentialsOfRun } from './credential-channel';
import type { KeeperData } from './lock-keeper';

useCredentialsOfRun();
const { run, everyMs } = workerData as KeeperData;

/** Renews the entry until the run has lost or released its lock. */
async function renewAgainAndAgain(): Promise<void> {
  const store = lockStoreOf(run, lambdaHost({ getRemainingTimeInMillis: () => everyMs }));
  if (!store || run.lockId === undefined) return;
  // if one renewal fails, the next one replaces it
  while (await renewLock(run.lockId, store).catch(() => true)) await setTimeout(everyMs);
}

void renewAgainAndAgain();
