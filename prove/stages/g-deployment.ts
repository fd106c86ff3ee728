import type { DescribeExecutionOutput } from '@aws-sdk/client-sfn';
import { deployStack, type StackOutputs } from '../deployed-stack';
import { Executions } from '../executions';
import type { Lab } from '../lab';

/** The cost of the demo's 5,000 objects. Its function puts them in a minute or two, and deletes them for free. */
const DEPLOYMENT_USD = 0.04;
/** The most that the first run, which copies all objects, or any other run costs. */
const FIRST_RUN_USD = 0.1;
const RUN_USD = 0.02;

export interface Deployment {
  readonly outputs: StackOutputs;
  readonly executions: Executions;
}

interface Summary {
  readonly totals?: { readonly copied?: number };
  readonly estimatedCostUsd?: { readonly total?: number };
}

/** The stack of the proof, deployed when it is first used. */
export function deploymentOf(lab: Lab): Promise<Deployment> {
  return lab.shared('deployment', async () => {
    lab.spending.add('the demo', DEPLOYMENT_USD);
    return { outputs: await deployStack(lab), executions: new Executions(lab) };
  });
}

/** Starts a run of the demo. @returns the ARN of its execution */
export async function startRun(lab: Lab, input: object, mostUsd = RUN_USD): Promise<string> {
  const { outputs, executions } = await deploymentOf(lab);
  lab.spending.add('runs', mostUsd);
  return executions.start(outputs.StateMachineArn, input);
}

/** Waits for a run to end. The cost comes from the run's own summary. */
export async function run(lab: Lab, input: object = {}): Promise<DescribeExecutionOutput> {
  return endOfRun(lab, await startRun(lab, input));
}

async function endOfRun(lab: Lab, arn: string, mostUsd = RUN_USD): Promise<DescribeExecutionOutput> {
  const { executions } = await deploymentOf(lab);
  const ended = await executions.ended(arn);
  lab.spending.settleRun('runs', mostUsd, readSummary(ended).estimatedCostUsd?.total);
  return ended;
}

/** The first run, started right after the deployment. */
export function startOfFirstRun(lab: Lab): Promise<string> {
  return lab.shared('start of the first run', () => startRun(lab, {}, FIRST_RUN_USD));
}

export function firstRun(lab: Lab): Promise<DescribeExecutionOutput> {
  return lab.shared('first run', async () => endOfRun(lab, await startOfFirstRun(lab), FIRST_RUN_USD));
}

/** A text that a message has to quote. It has everything that JSON escapes, and something that looks like a placeholder. */
const AWKWARD = { exclude: ['"quoted" \\\\ <detail-status> ü\n'] };

/** The second run, whose input is hard to quote. */
export function secondRun(lab: Lab): Promise<DescribeExecutionOutput> {
  return lab.shared('second run', async () => {
    await firstRun(lab);
    return run(lab, AWKWARD);
  });
}

export function readSummary({ output }: DescribeExecutionOutput): Summary {
  return JSON.parse(output ?? '{}') as Summary;
}

/** How it ended, with its error if it has one. */
export function describeEnd({ status, error, cause }: DescribeExecutionOutput): string {
  return [status, error, cause].filter(Boolean).join(' ');
}
