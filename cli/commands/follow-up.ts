import { ENVIRONMENT, NOWHERE, type RunSummary, type SyncRequest } from '../../statemachine/contract';
import { readEndedRun } from '../deployed/ended-run';
import { type Execution, findByArn, isArn, runId, startExecution } from '../deployed/executions';
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
import { exitCode } from './run';

export interface FollowUpOptions
  extends EnvironmentOptions,
    OutputOptions,
    Pick<ElsewhereOptions, 'stack' | 'stateMachine'> {}

/** Makes the input of a run that follows another one. @param summary  of that run; absent: it has none */
export type RequestAfter = (run: string, summary: RunSummary | undefined) => SyncRequest;

/**
 * Starts a run that follows another one, where that one ran.
 *
 * @param run  the id of a run, which is looked for on this machine first, or its beginning, or its execution's ARN
 * @returns the exit code
 */
export async function followUp(run: string, options: FollowUpOptions, requestAfter: RequestAfter): Promise<number> {
  if (isArn(run)) return followInAws(await findByArn(run, options), options, requestAfter);
  const env = await runEnvironment(process.env, options);
  adoptEnvironment(env);
  const { readSummary } = await import('../../local/read-report');
  const earlier = isNamed(options) ? undefined : await readSummary(run, env[ENVIRONMENT.reportLocation] ?? '');
  const execution = earlier ? undefined : await findNamedRun(run, options);
  return execution
    ? followInAws(execution, options, requestAfter)
    : followHere(run, earlier, env, options, requestAfter);
}

async function followHere(
  run: string,
  earlier: RunSummary | undefined,
  env: NodeJS.ProcessEnv,
  options: FollowUpOptions,
  requestAfter: RequestAfter,
): Promise<number> {
  const request = requestAfter(run, earlier);
  requireSamePlaces(run, earlier?.where ?? {}, env);
  const summary = await mirror(request, {
    env,
    display: displayMode(options),
    verbose: options.verbose,
    typed: { command: typedCommand(), places: typedPlaces(options, ['destination']) },
  });
  await printResult(summary, options, async () =>
    renderSummary(
      summary,
      process.stdout,
      await detailsOf(summary, env[ENVIRONMENT.reportLocation] ?? NOWHERE, options),
    ),
  );
  return exitCode(summary);
}

async function followInAws(earlier: Execution, options: FollowUpOptions, requestAfter: RequestAfter): Promise<number> {
  const request = requestAfter(runId(earlier), await readEndedRun(earlier));
  const execution = await startExecution(earlier.stateMachine, request);
  if (options.json) printJson({ runId: runId(execution), executionArn: execution.arn });
  else print(`Started ${runId(execution)}\n  bucketsync watch ${execution.arn}\n`);
  return 0;
}
