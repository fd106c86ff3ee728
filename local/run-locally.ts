import { availableParallelism } from 'node:os';
import type { AwsCredentialIdentityProvider } from '@smithy/types';
import { readEnvironment } from '../lambdas/host/environment';
import {
  type Counters,
  ENVIRONMENT,
  type RangeInput,
  type RangeResult,
  type Run,
  type RunState,
  type RunSummary,
} from '../statemachine/contract';
import { CREDENTIALS_CHANNEL, CredentialServer } from './credential-channel';
import type { Invoke } from './execution';
import { LockKeeper } from './lock-keeper';
import type { Progress } from './progress';
import { ProgressTracker } from './progress-tracker';
import { TaskPool } from './task-pool';

export interface LocalRunOptions {
  /** Environment of the handlers: AWS settings, endpoint, report location. */
  readonly env: NodeJS.ProcessEnv;
  /**
   * Asked for the credentials of all threads.
   *
   * @default each client finds its own, as `env` says
   */
  readonly credentials?: AwsCredentialIdentityProvider;
  /** Asked for the credentials of one side, by the channel that `ENVIRONMENT.sides` names. */
  readonly sideCredentials?: ReadonlyMap<string, AwsCredentialIdentityProvider>;
  readonly onProgress?: (progress: Progress) => void;
  /** Is told of the run once `ValidateInput` has let it begin. */
  readonly onBegin?: (run: Run) => void;
  /** Aborted: what was begun is finished, and the run ends with `InterruptedError`. */
  readonly signal?: AbortSignal;
}

/** What the handlers are told on this machine and not in Lambda, by environment variable. */
export const LOCAL_SETTINGS: Readonly<Record<string, string>> = {
  // The first one is short, so that all cores soon have a range to work on: a round costs next to nothing here.
  [ENVIRONMENT.roundBudgetsMs]: '5000,15000,60000',
  [ENVIRONMENT.rangesAtOnce]: String(availableParallelism()),
};

/**
 * Runs the state machine on this machine, with the handlers in worker threads.
 *
 * @param input  the execution input, as a user would give it to Step Functions
 * @returns the run's summary, whether it succeeded or failed
 * @throws Error  the run could not write its summary; the lock of its destination may still be held
 */
export async function runLocally(input: unknown, options: LocalRunOptions): Promise<RunSummary> {
  const server = options.credentials && new CredentialServer(options.credentials);
  const sideServers = [...(options.sideCredentials ?? [])].map(
    ([channel, provider]) => new CredentialServer(provider, channel),
  );
  const { [CREDENTIALS_CHANNEL]: _foreign, ...given } = options.env;
  const env = { ...LOCAL_SETTINGS, ...given, ...(server && { [CREDENTIALS_CHANNEL]: server.name }) };
  readEnvironment(env); // now, and not once in every retry of a Task
  const pool = new TaskPool(env);
  const keeper = new LockKeeper(env);
  const interrupt = () => pool.interrupt();
  if (options.signal?.aborted) interrupt();
  options.signal?.addEventListener('abort', interrupt, { once: true });
  const begin = (run: Run) => {
    keeper.keep(run);
    options.onBegin?.(run);
  };
  try {
    // The threads start meanwhile.
    const { retryIntervals, runExecution } = await import('./execution');
    const tracker = new ProgressTracker(options.onProgress ?? (() => {}));
    return await runExecution(input, announcing(begin, trackingInvoke(pool, tracker)), retryIntervals());
  } finally {
    options.signal?.removeEventListener('abort', interrupt);
    await Promise.all([pool.close(), keeper.stop()]);
    for (const each of [server, ...sideServers]) each?.close();
  }
}

function announcing(begin: (run: Run) => void, invoke: Invoke): Invoke {
  return async (task, input) => {
    const result = await invoke(task, input);
    if (task === 'ValidateInput') begin((result as RunState).run);
    return result;
  };
}

function trackingInvoke(pool: TaskPool, tracker: ProgressTracker): Invoke {
  return async (task, input) => {
    const loop = task === 'CopyRange' ? 'copy' : task === 'DeleteRange' ? 'delete' : undefined;
    if (!loop) return pool.invoke(task, input);
    const range = tracker.follow(loop, input as RangeInput);
    let counters: Counters | undefined;
    try {
      const result = (await pool.invoke(task, input, range.update)) as RangeResult;
      counters = result.counters;
      return result;
    } finally {
      range.end(counters);
    }
  };
}
