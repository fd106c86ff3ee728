import { ENVIRONMENT, type RunSummary, type SyncRequest } from '../../statemachine/contract';
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

interface ApplyOptions extends EnvironmentOptions {
  readonly json?: boolean;
  readonly verify?: boolean;
}

/** `bucketsync apply`: does what a plan says: a local plan by its id, a plan in AWS by its execution's ARN. @returns the exit code */
export async function applyCommand(plan: string, options: ApplyOptions): Promise<number> {
  return isArn(plan) ? applyInAws(plan, options) : applyHere(plan, options);
}

async function applyHere(plan: string, options: ApplyOptions): Promise<number> {
  const env = await runEnvironment(process.env, options);
  adoptEnvironment(env);
  const { readSummary } = await import('../../local/read-report');
  const planned = await readSummary(plan, env[ENVIRONMENT.reportLocation] ?? '');
  const request = applicationOf(plan, planned, options);
  requireSamePlaces(plan, planned?.where ?? {}, env);
  const summary = await mirror(request, { env, display: displayMode(options.json === true), asks: false });
  if (options.json) printJson(summary);
  else print(renderSummary(summary, process.stdout));
  return exitCode(summary);
}

async function applyInAws(plan: string, options: ApplyOptions): Promise<number> {
  const planned = await findByArn(plan, options);
  const request = applicationOf(runId(planned), await readEndedRun(planned), options);
  const execution = await startExecution(planned.stateMachine, request);
  if (options.json) printJson({ runId: runId(execution), executionArn: execution.arn });
  else print(`Started ${runId(execution)}\n  bucketsync watch ${execution.arn}\n`);
  return 0;
}

/** The input that applies a plan: with the settings that it was made with. @throws InvalidInputError  it is no plan */
function applicationOf(
  plan: string,
  planned: RunSummary | undefined,
  { verify = false }: Pick<ApplyOptions, 'verify'>,
): SyncRequest {
  if (!planned?.keptPlan) {
    const what = planned ? 'that run has kept no plan' : 'there is no summary of it';
    throw new InvalidInputError(
      `Expected the id of a plan that \`bucketsync plan\` has made, got ${plan}: ${what}. Make a plan first`,
    );
  }
  const input = parseSyncInput(planned.input, () => true);
  return { ...input, dryRun: false, apply: planned.runId, ...(verify && { verify }) };
}
