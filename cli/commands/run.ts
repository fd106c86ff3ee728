import type { Command } from 'commander';
import { ENVIRONMENT, NOWHERE, type RunSummary } from '../../statemachine/contract';
import { readInputOptions } from '../input/input-options';
import { useReportLocation } from '../input/report-location';
import { readRequest } from '../input/request';
import { adoptEnvironment, type EnvironmentOptions, runEnvironment } from '../input/run-environment';
import { isApartIn } from '../input/sides';
import { stopCode } from '../input/stop-signals';
import { typedCommand, typedPlaces } from '../input/typed-command';
import { displayMode } from '../output/progress/create-display';
import { type OutputOptions, printResult } from '../output/result';
import { renderSummary } from '../output/summary';
import { asksBeforeWriting } from './confirm-plan';
import { detailsOf } from './details';
import { mirror } from './mirror';

export interface RunOptions extends EnvironmentOptions, OutputOptions {
  readonly input?: string;
  readonly yes?: boolean;
}

export interface Sides {
  readonly source?: string;
  readonly destination?: string;
}

/** `bucketsync run`: runs the state machine here and prints its summary. @returns the exit code */
export async function runCommand(command: Command, urls: Sides): Promise<number> {
  const { summary, location } = await runHere(command, urls);
  const options = command.opts<RunOptions>();
  await printResult(summary, options, async () =>
    renderSummary(summary, process.stdout, await detailsOf(summary, location, options)),
  );
  return exitCode(summary);
}

/**
 * Runs the state machine here, as the command's options say.
 *
 * @param fixed  fields of the input that the command itself sets
 * @returns the summary, and the location of its report: `s3://bucket`, `file:///folder` or `NOWHERE`
 */
export async function runHere(
  command: Command,
  urls: Sides,
  fixed: { readonly dryRun?: true } = {},
): Promise<{ readonly summary: RunSummary; readonly location: string }> {
  const options = command.opts<RunOptions>();
  const fields = { ...readInputOptions(command), ...fixed };
  const env = await runEnvironment(process.env, options);
  const request = await readRequest({ ...urls, inputFile: options.input, options: fields, isApart: isApartIn(env) });
  const isPlan = request.dryRun === true;
  const isGiven = Boolean(options.reportLocation ?? process.env[ENVIRONMENT.reportLocation]);
  await useReportLocation(env, { isPlan, isGiven });
  adoptEnvironment(env);
  const summary = await mirror(request, {
    env,
    display: displayMode(options),
    verbose: options.verbose,
    asks: asksBeforeWriting(options),
    typed: { command: typedCommand(), places: typedPlaces(options, ['destination']) },
  });
  return { summary, location: env[ENVIRONMENT.reportLocation] ?? NOWHERE };
}

/** 0: done, 1: the run failed, 2: the input was invalid, 130 or 143: somebody stopped it by Ctrl-C or SIGTERM. */
export function exitCode({ status, error }: RunSummary): number {
  if (status === 'succeeded') return 0;
  if (error?.name === 'InterruptedError') return stopCode() ?? 1;
  return error?.name === 'InvalidInputError' ? 2 : 1;
}
