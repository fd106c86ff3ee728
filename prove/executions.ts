import { setTimeout } from 'node:timers/promises';
import {
  DescribeExecutionCommand,
  type DescribeExecutionOutput,
  paginateGetExecutionHistory,
  RedriveExecutionCommand,
  SFNClient,
  StartExecutionCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import { requestHandler } from '../lambdas/s3/network/request-handler';
import type { Lab } from './lab';

const POLL_EVERY_MS = 2_000;
const LONGEST_RUN_MS = 900_000;

/** The executions of a proof's state machines. */
export class Executions {
  readonly #client: SFNClient;

  readonly #signal: AbortSignal;

  constructor(lab: Lab) {
    const { client, region, endpoint } = lab.signing;
    const { credentials } = client.config;
    const settings = {
      region,
      credentials,
      ...(endpoint && !process.env.AWS_ENDPOINT_URL_SFN && { endpoint }),
      requestHandler: requestHandler(),
    };
    this.#client = lab.keep(new SFNClient(settings));
    this.#signal = lab.signal;
  }

  /** @returns the ARN of the execution */
  async start(stateMachineArn: string, input: object): Promise<string> {
    const command = new StartExecutionCommand({ stateMachineArn, input: JSON.stringify(input) });
    return String((await this.#client.send(command)).executionArn);
  }

  describe(executionArn: string): Promise<DescribeExecutionOutput> {
    return this.#client.send(new DescribeExecutionCommand({ executionArn }));
  }

  async stop(executionArn: string): Promise<void> {
    await this.#client.send(new StopExecutionCommand({ executionArn, error: 'Proof', cause: 'bucketsync prove' }));
  }

  /** Redrives an execution that did not succeed. */
  async redrive(executionArn: string): Promise<void> {
    await this.#client.send(new RedriveExecutionCommand({ executionArn }));
  }

  /** Waits for the end of an execution. */
  async ended(executionArn: string): Promise<DescribeExecutionOutput> {
    const deadline = Date.now() + LONGEST_RUN_MS;
    for (;;) {
      const execution = await this.describe(executionArn);
      if (execution.status !== 'RUNNING' || Date.now() > deadline) return execution;
      await setTimeout(POLL_EVERY_MS, undefined, { signal: this.#signal });
    }
  }

  /** How long each Distributed Map took from its start to its end, in seconds. */
  async mapRunSeconds(executionArn: string): Promise<number[]> {
    const seconds: number[] = [];
    const started = new Map<number, number>();
    for await (const { events = [] } of paginateGetExecutionHistory({ client: this.#client }, { executionArn })) {
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
