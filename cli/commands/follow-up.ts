import { ENVIRONMENT, NOWHERE, type RunSummary, type SyncRequest } from '../../statemachine/contract';
import { isExecutionArn } from '../../statemachine/execution-id';
import { readEndedRun } from '../deployed/ended-run';
import { type Execution, findByArn, runId, startExecution } from '../deployed/executions';
import { type ElsewhereOptions, findNamedRun, isNamed } from '../deployed/named-run';
import { adoptEnvironment, type EnvironmentOptions, runEnvironment } from '../input/run-environment';
import { requireSamePlaces } from '../input/sides';
import { typedCommand, typedPlaces } from '../input/typed-command';
import { print, printJson } from '../output/output';
import { displayMode } from '../output/progress/create-display';
import { type OutputOptions, printResult } from '../output/result';
import { renderSummary } from '../output/summary';
import { detailsOf } from './details';
import { mirror } from './mirror';
import { readDigest } from './read-digest';
import { exitCode } from './run';

export interface FollowUpOptions
  extends EnvironmentOptions,
    OutputOptions,
    Pick<ElsewhereOptions, 'stack' | 'stateMachine'> {}

/** How a run follows another one. */
export interface FollowUp {
  /** The input of a run on this machine. @param summary  of the former run; absent: it has none */
  requestAfter(run: string, summary: RunSummary | undefined): SyncRequest;
  /** The input of an execution in AWS, which has the deployed settings. By default that of `requestAfter`. */
  requestInAws?(run: string, summary: RunSummary | undefined): Partial<SyncRequest>;
  /** Ask before it deletes or overwrites more than a few objects. */
  readonly asks?: boolean;
  /** What somebody may do after a plan. */
  readonly afterPlan?: string;
}

/**
 * Starts a run that follows another one, where that one ran.
 *
 * @param run  the id of a run, which is looked for on this machine first, or its beginning, or its execution's ARN
 * @returns the exit code
 */
export async function followUp(run: string, options: FollowUpOptions, follow: FollowUp): Promise<number> {
  if (isExecutionArn(run)) return followInAws(await findByArn(run, options), options, follow);
  const env = await runEnvironment(process.env, options);
  adoptEnvironment(env);
  const { readSummary } = await import('../../local/read-report');
  const earlier = isNamed(options) ? undefined : await readSummary(run, env[ENVIRONMENT.reportLocation] ?? '');
  const execution = earlier ? undefined : await findNamedRun(run, options);
  return execution ? followInAws(execution, options, follow) : followHere(run, earlier, env, options, follow);
}

async function followHere(
  run: string,
  earlier: RunSummary | undefined,
  env: NodeJS.ProcessEnv,
  options: FollowUpOptions,
  follow: FollowUp,
): Promise<number> {
  const request = follow.requestAfter(run, earlier);
  requireSamePlaces(run, earlier?.where ?? {}, env);
  const summary = await mirror(request, {
    env,
    display: displayMode(options),
    verbose: options.verbose,
    ...(follow.asks && { asks: true }),
    typed: { command: typedCommand(), places: typedPlaces(options, ['destination']) },
  });
  const location = env[ENVIRONMENT.reportLocation] ?? NOWHERE;
  const isPlan = request.dryRun === true && summary.phases.length > 0;
  const plan = isPlan ? await readDigest((from) => from.digestPlanOf(summary, location)) : undefined;
  const next = isPlan ? follow.afterPlan : undefined;
  const shown = { ...(plan && { plan }), ...(next && { next }) };
  await printResult(
    summary,
    options,
    async () => renderSummary(summary, process.stdout, { ...shown, ...(await detailsOf(summary, location, options)) }),
    { ...(plan && { plan }) },
  );
  return exitCode(summary);
}

async function followInAws(earlier: Execution, options: FollowUpOptions, follow: FollowUp): Promise<number> {
  const { requestAfter, requestInAws = requestAfter } = follow;
  const request = requestInAws(runId(earlier), await readEndedRun(earlier));
  const execution = await startExecution(earlier.stateMachine, request);
  if (options.json) printJson({ runId: runId(execution), executionArn: execution.arn });
  else print(`Started ${runId(execution)}\n  bucketsync watch ${execution.arn}\n`);
  return 0;
}
