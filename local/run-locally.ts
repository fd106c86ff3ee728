import { availableParallelism } from 'node:os';
import type { AwsCredentialIdentityProvider } from '@smithy/types';
import { readEnvironment } from '../lambdas/host/read-environment';
import {
  ENVIRONMENT,
  type RangeInput,
  type RangeResult,
  type ReportLine,
  type Run,
  type RunState,
  type RunSummary,
} from '../statemachine/contract';
import { type Confirm, confirming, withTimeToThink } from './confirm-plan';
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
   * Provides the credentials of all threads.
   *
   * @default each client finds its own, as `env` says
   */
  readonly credentials?: AwsCredentialIdentityProvider;
  /** Provide the credentials of one side, by the channel that `ENVIRONMENT.sides` names. */
  readonly sideCredentials?: ReadonlyMap<string, AwsCredentialIdentityProvider>;
  readonly onProgress?: (progress: Progress) => void;
  /** Called with what was done, or would be done, to single objects, soon after it happened. The run waits for it if it must. */
  readonly onReported?: ((lines: readonly ReportLine[]) => void) | undefined;
  /** Called with the run when `ValidateInput` has succeeded. */
  readonly onBegin?: (run: Run) => void;
  /** Called when the guards have let a plan pass, before the first write. If it returns false, the run ends with `NotConfirmedError`. */
  readonly confirm?: Confirm;
  /** If aborted, the run finishes what it has begun, and ends with `InterruptedError`. */
  readonly signal?: AbortSignal;
}

/** Environment variables of the handlers that differ from Lambda's. */
export const LOCAL_SETTINGS: Readonly<Record<string, string>> = {
  // the first budget is short, so that all cores soon have a range; a round costs almost nothing here
  [ENVIRONMENT.roundBudgetsMs]: '5000,15000,60000',
  [ENVIRONMENT.rangesAtOnce]: String(availableParallelism()),
};

/**
 * Runs the state machine on this machine, with the handlers in worker threads.
 *
 * @param input  the execution input, as for Step Functions
 * @returns the run's summary, also if it failed
 * @throws Error  the run could not write its summary. It may still hold the lock of its destination
 */
export async function runLocally(input: unknown, options: LocalRunOptions): Promise<RunSummary> {
  const server = options.credentials && new CredentialServer(options.credentials);
  const sideServers = [...(options.sideCredentials ?? [])].map(
    ([channel, provider]) => new CredentialServer(provider, channel),
  );
  // lines for CloudWatch have no place on a screen
  const { [CREDENTIALS_CHANNEL]: _foreign, ...shared } = options.env;
  const { [ENVIRONMENT.logLevel]: _log, [ENVIRONMENT.metrics]: _metrics, ...given } = shared;
  const env = { ...LOCAL_SETTINGS, ...given, ...(server && { [CREDENTIALS_CHANNEL]: server.name }) };
  readEnvironment(env); // check this now, not in every retry of a Task
  const pool = new TaskPool(env, options.onReported);
  const keeper = new LockKeeper(env);
  const interrupt = () => pool.interrupt();
  if (options.signal?.aborted) interrupt();
  options.signal?.addEventListener('abort', interrupt, { once: true });
  const begin = (run: Run) => {
    keeper.keep(run);
    options.onBegin?.(run);
  };
  try {
    // the threads start at the same time
    const { retryIntervals, runExecution } = await import('./execution');
    const { readStateMachine } = await import('./state-machine-file');
    const tracker = new ProgressTracker(options.onProgress ?? (() => {}));
    const invoke = announcing(begin, trackingInvoke(pool, tracker));
    const { confirm, signal = new AbortController().signal } = options;
    if (!confirm) return await runExecution(input, invoke, retryIntervals());
    const definition = withTimeToThink(readStateMachine());
    return await runExecution(input, confirming(confirm, signal, invoke), retryIntervals(), definition);
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
    let result: RangeResult | undefined;
    try {
      result = (await pool.invoke(task, input, range.update)) as RangeResult;
      return result;
    } finally {
      range.end(result);
    }
  };
}
