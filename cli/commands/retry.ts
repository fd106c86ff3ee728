import {
  ENVIRONMENT,
  leftOf,
  type RunSummary,
  SHARED_LIMITS,
  type SharedLimit,
  type SyncInput,
  type SyncRequest,
} from '../../statemachine/contract';
import { InvalidInputError } from '../../statemachine/errors';
import { parseSyncInput } from '../../statemachine/input/sync-input';
import { readEndedRun } from '../deployed/ended-run';
import { findByArn, isArn, runId, startExecution } from '../deployed/executions';
import { adoptEnvironment, type EnvironmentOptions, runEnvironment } from '../input/run-environment';
import { requireSamePlaces } from '../input/sides';
import { print, printJson } from '../output/output';
import { displayMode } from '../output/progress/create-display';
import { renderSummary } from '../output/summary';
import { mirror } from './mirror';
import { exitCode } from './run';

interface RetryOptions extends EnvironmentOptions {
  readonly json?: boolean;
}

/** `bucketsync retry`: repeats what failed in a run: a local run by its id, a run in AWS by its execution's ARN. @returns the exit code */
export async function retryCommand(run: string, options: RetryOptions): Promise<number> {
  return isArn(run) ? retryInAws(run, options) : retryHere(run, options);
}

async function retryHere(run: string, options: RetryOptions): Promise<number> {
  const env = await runEnvironment(process.env, options);
  adoptEnvironment(env);
  const { readSummary } = await import('../../local/read-report');
  const location = env[ENVIRONMENT.reportLocation] ?? '';
  const failed = await readSummary(run, location);
  const request = retryOf(run, failed);
  requireSamePlaces(run, failed?.where ?? {}, env);
  const summary = await mirror(request, { env, display: displayMode(options.json === true) });
  if (options.json) printJson(summary);
  else print(renderSummary(summary, process.stdout));
  return exitCode(summary);
}

async function retryInAws(run: string, options: RetryOptions): Promise<number> {
  const failed = await findByArn(run, options);
  const execution = await startExecution(failed.stateMachine, retryOf(runId(failed), await readEndedRun(failed)));
  if (options.json) printJson({ runId: runId(execution), executionArn: execution.arn });
  else print(`Started ${runId(execution)}\n  bucketsync watch ${execution.arn}\n`);
  return 0;
}

/**
 * The input that repeats what failed in a run. Its limits are what the run has left of its own limits.
 *
 * @throws InvalidInputError  the run did not fail only for single objects
 */
function retryOf(run: string, summary: RunSummary | undefined): SyncRequest {
  if (summary?.error?.name !== 'SyncIncompleteError' || !hasReachedAll(summary)) {
    const how = summary ? (summary.error?.name ?? 'it succeeded') : 'there is no summary of it';
    throw new InvalidInputError(
      `Expected a run in which only single objects failed (SyncIncompleteError), got ${run}: ${how}. Start the same run again in full`,
    );
  }
  // what failed is among these keys
  const { keys: _keys, ...input } = parseSyncInput(summary.input, () => true);
  const limits = SHARED_LIMITS.map((field) => [field, limitOf(field, input, summary)]);
  return { ...input, retry: summary.runId, ...Object.fromEntries(limits.filter(([, limit]) => limit !== undefined)) };
}

/** A run with `mode: "publish"` ends with the phase in which an object failed. */
function hasReachedAll({ phases, input }: RunSummary): boolean {
  const { mode, delete: deletes } = parseSyncInput(input, () => true);
  const last = mode === 'mirror' ? 'sync' : deletes ? 'deletes' : 'pages';
  return phases.some(({ name }) => name === last);
}

/** The deployed limit applies in addition to the input's own. */
function limitOf(field: SharedLimit, input: SyncInput, failed: RunSummary): number | undefined {
  const given = [input[field], failed.deployed?.[field]].filter((limit) => limit !== undefined);
  return given.length === 0 ? undefined : Math.min(...given.map((limit) => leftOf(limit, field, failed)));
}
