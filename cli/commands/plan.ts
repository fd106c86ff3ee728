import type { Command } from 'commander';
import type { RunSummary } from '../../statemachine/contract';
import { GUARD_ERRORS } from '../../statemachine/errors';
import { describeApply } from '../output/apply-hint';
import { printAll, printNote } from '../output/output';
import { describeAction, isDifferent } from '../output/plan';
import { printResult } from '../output/result';
import { renderCheck, renderSummary } from '../output/summary';
import { commandAbout, detailsOf } from './details';
import { readDigest } from './read-digest';
import { exitCode, type RunOptions, runHere, type Sides } from './run';

/** The exit code of a plan or a check that succeeded and found a difference. */
const DIFFERS = 3;

interface PlanOptions extends RunOptions {
  readonly keys?: boolean;
  readonly exitCode?: boolean;
}

/** `bucketsync plan`: shows what a run would do. @returns the exit code */
export function planCommand(command: Command, urls: Sides): Promise<number> {
  const { exitCode: tells = false } = command.opts<PlanOptions>();
  return decide(command, urls, { render: renderSummary, tells, canBeApplied: true });
}

/** `bucketsync check`: says whether both sides are equal. @returns the exit code */
export function checkCommand(command: Command, urls: Sides): Promise<number> {
  return decide(command, urls, { render: renderCheck, tells: true, canBeApplied: false });
}

/**
 * @param show  `tells`: whether the exit code says that there is a difference; `canBeApplied`: whether to say how
 */
async function decide(
  command: Command,
  urls: Sides,
  show: { readonly render: typeof renderSummary; readonly tells: boolean; readonly canBeApplied: boolean },
): Promise<number> {
  const options = command.opts<PlanOptions>();
  const { summary, location } = await runHere(command, urls, { dryRun: true });
  const plan = isComplete(summary) ? await readDigest((from) => from.digestPlanOf(summary, location)) : undefined;
  const next = show.canBeApplied ? describeApply(summary, commandAbout(summary, options)) : '';
  const render = async () =>
    show.render(summary, process.stdout, { plan, next, ...(await detailsOf(summary, location, options)) });
  await printResult(summary, options, render, plan && { plan });
  const { keys, json, jsonLines } = options;
  const isForPeople = !json && !jsonLines;
  if (keys && isForPeople && plan) await printAll(keysOf(summary, location));
  if (keys && isForPeople && !plan && !summary.error) printNote('There is no report to read the keys from.\n');
  return show.tells && exitCode(summary) === 0 && isDifferent(summary) ? DIFFERS : exitCode(summary);
}

/** A guard refuses only complete plans. People want to see a refused plan most of all. */
function isComplete({ error }: RunSummary): boolean {
  return error === undefined || GUARD_ERRORS.includes(error.name);
}

async function* keysOf({ runId }: RunSummary, location: string): AsyncGenerator<string> {
  const { readReport } = await import('../../local/read-report');
  for await (const lines of readReport(runId, location, 'plan')) {
    const actions = lines.filter(({ action }) => action === 'copy' || action === 'delete');
    yield actions.map((line) => `${describeAction(line)}\n`).join('');
  }
}
