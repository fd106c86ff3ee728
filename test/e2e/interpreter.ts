import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import {
  CreateStateMachineCommand,
  DescribeExecutionCommand,
  type DescribeExecutionOutput,
  type HistoryEvent,
  paginateGetExecutionHistory,
  SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import type { TaskName } from '../../local/handlers';
import type { Phase } from '../../statemachine/contract';
import { LONGEST_WAIT_MS } from '../support/longest-wait';
import type { LambdaEndpoint } from './lambda-endpoint';

const DEFINITION = join(__dirname, '../../statemachine/bucketsync.asl.json');
const ROLE = 'arn:aws:iam::123456789012:role/role';

/** Changes the text of the definition. */
export type Edit = (text: string) => string;

/** Somebody else's Step Functions, which run the definition that is deployed. */
export class Interpreter {
  readonly client: SFNClient;
  #machines = 0;

  /** @param always  for what it cannot read as it is */
  constructor(
    endpoint: string,
    private readonly always: Edit = (text) => text,
  ) {
    const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
    this.client = new SFNClient({ endpoint, region: 'us-east-1', credentials });
  }

  /** @returns the ARN of a new state machine: the definition as deployed but for the functions' ARNs and these changes */
  async create(edit: Edit = (text) => text): Promise<string> {
    const text = readFileSync(DEFINITION, 'utf8').replaceAll(
      /\$\{(\w+)FunctionArn\}/g,
      'arn:aws:lambda:us-east-1:123456789012:function:$1',
    );
    const machine = { name: `machine-${++this.#machines}`, definition: edit(this.always(text)), roleArn: ROLE };
    const { stateMachineArn = '' } = await this.client.send(new CreateStateMachineCommand(machine));
    return stateMachineArn;
  }

  /** @returns the ARN of the execution */
  async start(input: unknown, edit?: Edit): Promise<string> {
    const stateMachineArn = await this.create(edit);
    const name = `run-${this.#machines}`;
    const start = new StartExecutionCommand({ stateMachineArn, name, input: JSON.stringify(input) });
    const { executionArn = '' } = await this.client.send(start);
    return executionArn;
  }

  async ended(executionArn: string): Promise<DescribeExecutionOutput> {
    const deadline = Date.now() + LONGEST_WAIT_MS;
    for (;;) {
      const execution = await this.client.send(new DescribeExecutionCommand({ executionArn }));
      if (execution.status !== 'RUNNING') return execution;
      if (Date.now() > deadline) throw new Error(`${executionArn} still runs after ${LONGEST_WAIT_MS} ms`);
      await delay(100);
    }
  }

  async historyOf(executionArn: string): Promise<HistoryEvent[]> {
    const events: HistoryEvent[] = [];
    const query = { executionArn, includeExecutionData: true };
    for await (const page of paginateGetExecutionHistory({ client: this.client }, query))
      events.push(...(page.events ?? []));
    return events;
  }

  async execute(input: unknown, edit?: Edit): Promise<DescribeExecutionOutput> {
    return this.ended(await this.start(input, edit));
  }
}

/** The same attempts, without the waiting. */
export const impatient: Edit = (text) =>
  text.replaceAll('"IntervalSeconds": 2', '"IntervalSeconds": 1').replaceAll('"BackoffRate": 2', '"BackoffRate": 1');

/** Whether a Task is of a phase that writes, and not of the plan before it. */
export function isOfWriting(event: unknown): boolean {
  return (event as { readonly phase?: Phase }).phase?.write === true;
}

/** Lets no Task of this name answer. @returns what lets them all */
export function holding(lambda: LambdaEndpoint, held: TaskName): () => void {
  const released = Promise.withResolvers<void>();
  lambda.around = async (task, invoke) => {
    if (task === held) await released.promise;
    return invoke();
  };
  return released.resolve;
}

export function countOf(events: readonly HistoryEvent[], type: HistoryEvent['type']): number {
  return events.filter((event) => event.type === type).length;
}

/** Fails a Task with this error, this many times. @returns how often it was called to fail */
export function failing(
  lambda: LambdaEndpoint,
  name: string,
  failed: TaskName,
  times = Number.POSITIVE_INFINITY,
  where: (event: unknown) => boolean = () => true,
) {
  const counter = { count: 0 };
  lambda.around = async (task, invoke, event) => {
    if (task !== failed || counter.count >= times || !where(event)) return invoke();
    counter.count += 1;
    throw Object.assign(new Error(`${name} of the test`), { name });
  };
  return counter;
}
