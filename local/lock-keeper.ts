import { Worker } from 'node:worker_threads';
import type { Run } from '../statemachine/contract';
import { MODULE_FLAGS, modulePath } from './module-path';

/** Several times within a lease, so that a few that fail do no harm. */
const RENEW_EVERY_MS = 60_000;

/** What the thread is started with. */
export interface KeeperData {
  readonly run: Run;
  readonly everyMs: number;
}

/**
 * Writes the entry of a local run in the lock again, as long as this process lives: nobody else can tell from elsewhere
 * whether it does. In a thread of its own, with the environment of the run, so that no Task holds it up; a run of less than
 * a minute does not start it.
 */
export class LockKeeper {
  #timer: NodeJS.Timeout | undefined;
  #thread: Worker | undefined;

  constructor(
    private readonly env: NodeJS.ProcessEnv,
    private readonly everyMs = RENEW_EVERY_MS,
  ) {}

  /** Begins, if the run has a lock. */
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
    // Without it, the run loses its lock in some minutes, and says so.
    this.#thread.on('error', () => {});
    this.#thread.unref();
  }
}
