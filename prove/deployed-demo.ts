import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout } from 'node:timers/promises';
import { paginateListStackResources } from '@aws-sdk/client-cloudformation';
import {
  DescribeExecutionCommand,
  type DescribeExecutionOutput,
  paginateGetExecutionHistory,
  SFNClient,
  StartExecutionCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import { requestHandler } from '../lambdas/aws/request-handler';
import type { Lab } from './lab';
import { cloudFormationOf } from './remove-stack';

const ROOT = resolve(__dirname, '..');
const POLL_EVERY_MS = 2_000;
const LONGEST_RUN_MS = 900_000;
/** Lambda, Step Functions and the demo's 5,000 objects, copied twice. */
const DEPLOYMENT_USD = 0.05;
const SHOWN_CHARACTERS = 400;

/** The demo stack under the name of the proof, and its state machine. */
export class DeployedDemo {
  readonly stepFunctions: SFNClient;

  private constructor(
    lab: Lab,
    readonly stateMachineArn: string,
  ) {
    const { client, region, endpoint } = lab.signing;
    this.stepFunctions = new SFNClient({
      region,
      credentials: client.config.credentials,
      ...(endpoint && { endpoint }),
      requestHandler: requestHandler(),
    });
  }

  /** @throws Error  this is no checkout, or the CDK or CloudFormation refuse */
  static async deploy(lab: Lab): Promise<DeployedDemo> {
    if (!existsSync(join(ROOT, 'bin/app.ts')))
      throw new Error('Expected a checkout of bucketsync, which holds the stack');
    lab.spending.add('Lambda and Step Functions', DEPLOYMENT_USD);
    await lab.make({ kind: 'stack', name: lab.name, region: lab.region }, () => deployStack(lab));
    const client = cloudFormationOf(lab.signing);
    for await (const { StackResourceSummaries = [] } of paginateListStackResources(
      { client },
      { StackName: lab.name },
    )) {
      const found = StackResourceSummaries.find(
        ({ ResourceType }) => ResourceType === 'AWS::StepFunctions::StateMachine',
      );
      if (found?.PhysicalResourceId) return new DeployedDemo(lab, found.PhysicalResourceId);
    }
    throw new Error(`Expected the stack ${lab.name} to hold a state machine`);
  }

  async start(): Promise<string> {
    const command = new StartExecutionCommand({ stateMachineArn: this.stateMachineArn, input: '{}' });
    return String((await this.stepFunctions.send(command)).executionArn);
  }

  describe(executionArn: string): Promise<DescribeExecutionOutput> {
    return this.stepFunctions.send(new DescribeExecutionCommand({ executionArn }));
  }

  async stop(executionArn: string): Promise<void> {
    await this.stepFunctions.send(
      new StopExecutionCommand({ executionArn, error: 'Proof', cause: 'bucketsync prove' }),
    );
  }

  /** Waits for the end of a run. */
  async ended(executionArn: string): Promise<DescribeExecutionOutput> {
    const deadline = Date.now() + LONGEST_RUN_MS;
    for (;;) {
      const execution = await this.describe(executionArn);
      if (execution.status !== 'RUNNING' || Date.now() > deadline) return execution;
      await setTimeout(POLL_EVERY_MS);
    }
  }

  /** How long each Distributed Map took from its start to its end, in seconds. */
  async mapRunSeconds(executionArn: string): Promise<number[]> {
    const seconds: number[] = [];
    const started = new Map<number, number>();
    for await (const { events = [] } of paginateGetExecutionHistory({ client: this.stepFunctions }, { executionArn })) {
      for (const { type, id = 0, previousEventId = 0, timestamp } of events) {
        const at = timestamp?.getTime() ?? 0;
        const begun = started.get(previousEventId);
        if (type === 'MapRunStarted') started.set(id, at);
        else if (type === 'MapRunSucceeded' && begun !== undefined) seconds.push((at - begun) / 1000);
      }
    }
    return seconds;
  }
}

async function deployStack({ name, region, signing, signal }: Lab): Promise<void> {
  const output = mkdtempSync(join(tmpdir(), 'bucketsync-prove-'));
  const args = [
    'deploy',
    name,
    '-c',
    'demo=true',
    '-c',
    `name=${name}`,
    '--require-approval',
    'never',
    '--output',
    output,
  ];
  const env = {
    ...process.env,
    PATH: `${join(ROOT, 'node_modules/.bin')}:${process.env.PATH}`,
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    ...(signing.endpoint && { AWS_ENDPOINT_URL: signing.endpoint }),
  };
  const child = spawn('cdk', [...args, '--tags', `bucketsync-prove=${name}`], {
    cwd: ROOT,
    env,
    signal,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [stdout, stderr, [exitCode]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close'),
  ]);
  rmSync(output, { recursive: true, force: true });
  if (exitCode !== 0)
    throw new Error(`cdk deploy ended with ${exitCode}: ${`${stdout}${stderr}`.slice(-SHOWN_CHARACTERS)}`);
}
