import { randomUUID } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { BroadcastChannel } from 'node:worker_threads';
import Piscina from 'piscina';
import type { RangeProgress } from '../lambdas/engine/ports/host';
import type { ReportLine } from '../statemachine/contract';
import type { TaskName } from './handlers';
import { untilSeen } from './line-channel';
import { MODULE_FLAGS, modulePath } from './module-path';
import { growHeapsSlowly, HANDLER_HEAP } from './small-heaps';
import type { Invocation, InvocationProgress, InvocationResult, WorkerData } from './task-worker';

const MOST_WAIT_FOR_LINES_MS = 1_000;
const THREADS = Math.max(2, availableParallelism());

/** A failed Task, with the name that `Retry` and `Catch` match. */
export class TaskError extends Error {
  constructor(
    override readonly name: string,
    message: string,
  ) {
    super(message);
  }
}

/** Runs the handlers in worker threads, one Task at a time in each, as Lambda runs one in each sandbox. */
export class TaskPool {
  readonly #pool: Piscina;
  readonly #interruptChannel: BroadcastChannel;
  readonly #interrupted = sharedNumber();
  readonly #idle = sharedNumber();
  readonly #unseen = sharedNumber();
  readonly #listeners = new Map<number, (progress: RangeProgress) => void>();
  #invocations = 0;

  /**
   * @param env  the environment of the handlers
   * @param onReported  gets the lines of the report as they are written. Threads wait for it if they are faster
   */
  constructor(env: NodeJS.ProcessEnv, onReported?: (lines: readonly ReportLine[]) => void) {
    const interruptChannel = `bucketsync-${randomUUID()}`;
    this.#interruptChannel = new BroadcastChannel(interruptChannel);
    growHeapsSlowly();
    this.#pool = new Piscina({
      filename: modulePath('local/task-worker'),
      execArgv: [...MODULE_FLAGS],
      resourceLimits: HANDLER_HEAP,
      workerData: {
        interruptChannel,
        interrupted: this.#interrupted,
        idle: this.#idle,
        ...(onReported && { unseen: this.#unseen }),
      } satisfies WorkerData,
      env: Object.fromEntries(Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined)),
      atomics: 'disabled', // otherwise a thread without a Task would not load its handlers, nor notice that S3 closes its connections
      minThreads: 1, // while a plan is made, one thread does all; a second one would need its memory
      idleTimeout: Number.POSITIVE_INFINITY, // a thread that has loaded its handlers stays
      maxThreads: THREADS,
    });
    Atomics.store(this.#idle, 0, THREADS);
    this.#pool.on('message', (message: InvocationProgress) => {
      if ('progress' in message) return this.#listeners.get(message.id)?.(message.progress);
      onReported?.(message.lines);
      Atomics.sub(this.#unseen, 0, message.lines.length);
    });
  }

  /** @throws TaskError */
  async invoke(task: TaskName, input: unknown, onProgress?: (progress: RangeProgress) => void): Promise<unknown> {
    const id = this.#invocations++;
    if (onProgress) this.#listeners.set(id, onProgress);
    // below zero if Tasks wait for a thread
    Atomics.sub(this.#idle, 0, 1);
    try {
      const answer: InvocationResult = await this.#pool.run({ id, task, input } satisfies Invocation);
      if ('error' in answer) throw new TaskError(answer.error.name, answer.error.message);
      return answer.result;
    } finally {
      Atomics.add(this.#idle, 0, 1);
      this.#listeners.delete(id);
    }
  }

  /** Stops running ranges cleanly. Later ranges fail with `InterruptedError`. */
  interrupt(): void {
    Atomics.store(this.#interrupted, 0, 1);
    this.#interruptChannel.postMessage('interrupt');
  }

  async close(): Promise<void> {
    this.#interruptChannel.close();
    await untilSeen(this.#unseen, MOST_WAIT_FOR_LINES_MS);
    await this.#pool.destroy();
  }
}

/** A number that all threads share. */
function sharedNumber(): Int32Array {
  return new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
}
