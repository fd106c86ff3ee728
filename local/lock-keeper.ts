import { Worker } from 'node:worker_threads';
import type { Run } from '../statemachine/contract';
import { MODULE_FLAGS, modulePath } from './module-path';

/** Several times within a lease, so that a few failures do no harm. */
const RENEW_EVERY_MS = 60_000;

/** Data for the start of the thread. */
export interface KeeperData {
  readonly run: Run;
  readonly everyMs: number;
}

/**
 * Renews the entry of a local run in the lock while this process lives, because other machines cannot see whether it does. It
 * runs in its own thread with the run's environment, so that no Task holds it up. A run of less than a minute does not start it.
 */
export class LockKeeper {
  #timer: NodeJS.Timeout | undefined;
  #thread: Worker | undefined;

  constructor(
    private readonly env: NodeJS.ProcessEnv,
    private readonly everyMs = RENEW_EVERY_MS,
  ) {}

  /** Starts renewing, if the run has a lock. */
  keep(run: Run): void {
    if (run.lockId === undefined) return;
    this.#timer = setTimeout(() => this.#start(run), this.everyMs).unref();
  }

  async stop(): Promise<void> {
    clearTimeout(this.#timer);
    await this.#thread?.terminate();
  }

  #start(run: Run): void {
    const workerData: KeeperData = { run, everyMs: this.everyMs };
    this.#thread = new Worker(modulePath('local/lock-keeper-thread'), {
      workerData,
      env: this.env,
      execArgv: [...MODULE_FLAGS],
    });
    // without it, the run loses its lock after some minutes, and says so
    this.#thread.on('error', () => {});
    this.#thread.unref();
  }
}
