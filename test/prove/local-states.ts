import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { ExecutionError } from 'aws-local-stepfunctions';
import { ENGINE_TASKS } from '../../local/engine-tasks';
import type { RunSummary } from '../../statemachine/contract';
import { LoopbackServer } from '../support/loopback';
import { hostOf, type Mirror, type MirrorOptions } from '../support/mirror';
import { runProbes } from './run-probes';

/** How Lambda and Step Functions tell what the local interpreter has nobody to do. */
const AS_LAMBDA_TELLS: Readonly<Record<string, string>> = {
  timeout: 'Sandbox.Timedout',
  memory: 'Runtime.OutOfMemory',
  exit: 'Runtime.ExitError',
  throttled: 'Lambda.TooManyRequestsException',
  slow: 'States.Timeout',
  'large, caught by name': 'States.DataLimitExceeded',
  'large, caught by States.ALL': 'States.DataLimitExceeded',
};
const ACCOUNT = 'arn:aws:states:us-east-1:123456789012';

export const STATE_MACHINES = { mirror: `${ACCOUNT}:stateMachine:mirror`, probes: `${ACCOUNT}:stateMachine:probes` };

/** As DescribeExecution shows it. */
export interface Execution {
  readonly executionArn: string;
  readonly name: string;
  readonly input: string;
  status: 'SUCCEEDED' | 'FAILED' | 'ABORTED';
  output?: string;
  error?: string;
  cause?: string;
}

/** Step Functions of this process, whose executions have ended when they are started; CloudFormation, which knows no stack any more. */
export class LocalStates extends LoopbackServer {
  readonly #executions = new Map<string, Execution>();
  /** Input of the last FinishRun of an execution that did not succeed. */
  readonly #unfinished = new Map<string, unknown>();

  constructor(
    private readonly mirror: Mirror,
    private readonly options: MirrorOptions,
    /** Called when an execution of the mirror has ended. */
    private readonly onEnd: (execution: Execution) => void,
    /** Throws if the summary of a run must not be written. */
    private readonly beforeFinish: () => void,
  ) {
    super();
  }

  protected override async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [, operation] = String(request.headers['x-amz-target'] ?? '').split('.');
    const body = await text(request);
    if (operation === undefined)
      refuse(response, '<ErrorResponse><Error><Code>ValidationError</Code></Error></ErrorResponse>');
    else await this.#answer(operation, JSON.parse(body), response);
  }

  async #answer(operation: string, parameters: Record<string, string>, response: ServerResponse): Promise<void> {
    response.setHeader('content-type', 'application/x-amz-json-1.0');
    const { stateMachineArn, input = '{}', executionArn = '' } = parameters;
    const execution = this.#executions.get(executionArn);
    const done = (answer: object) => response.end(JSON.stringify(answer));
    if (operation === 'StartExecution') {
      const started = await this.#run(stateMachineArn === STATE_MACHINES.probes, input);
      return void done({ executionArn: started.executionArn, startDate: 0 });
    }
    if (!execution) return refuse(response, JSON.stringify({ __type: 'ExecutionDoesNotExist', message: executionArn }));
    if (operation === 'DescribeExecution') return void done({ ...execution, stateMachineArn, startDate: 0 });
    if (operation === 'GetExecutionHistory') return void done({ events: historyOfMap() });
    if (operation === 'StopExecution') {
      execution.status = 'ABORTED';
      return void done({ stopDate: 0 });
    }
    if (operation === 'RedriveExecution') {
      await this.#redrive(execution);
      return void done({ redriveDate: 0 });
    }
    refuse(response, JSON.stringify({ __type: 'UnknownOperationException', message: operation }));
  }

  async #run(isProbe: boolean, input: string): Promise<Execution> {
    const name = randomUUID();
    const executionArn = `${ACCOUNT}:execution:${isProbe ? 'probes' : 'mirror'}:${name}`;
    const outcome = isProbe ? await probe(JSON.parse(input)) : await this.#mirrorOnce(executionArn, JSON.parse(input));
    const execution = { executionArn, name, input, ...outcome };
    this.#executions.set(executionArn, execution);
    if (!isProbe) this.onEnd(execution);
    return execution;
  }

  async #mirrorOnce(
    executionArn: string,
    input: object,
  ): Promise<Pick<Execution, 'status' | 'output' | 'error' | 'cause'>> {
    try {
      const summary = await this.mirror.run(input, {
        ...this.options,
        around: async (task, taskInput, invoke) => {
          if (task !== 'FinishRun') return invoke();
          this.#unfinished.set(executionArn, taskInput);
          this.beforeFinish();
          return invoke();
        },
      });
      return endOf(summary);
    } catch (error) {
      if (!(error instanceof ExecutionError)) throw error;
      const { name, message } = error.cause as Error;
      return { status: 'FAILED', error: name, cause: message };
    }
  }

  /** Calls FinishRun again if that is what failed; a Fail state fails again. */
  async #redrive(execution: Execution): Promise<void> {
    const unfinished = this.#unfinished.get(execution.executionArn);
    if (execution.error !== 'StoreError' || !unfinished) return;
    const summary = (await ENGINE_TASKS.FinishRun(unfinished as never, hostOf(this.options))) as RunSummary;
    Object.assign(execution, { error: undefined, cause: undefined, ...endOf(summary) });
  }
}

function endOf(summary: RunSummary): Pick<Execution, 'status' | 'output' | 'error' | 'cause'> {
  const { error } = summary;
  return error
    ? { status: 'FAILED', error: error.name, cause: error.message }
    : { status: 'SUCCEEDED', output: JSON.stringify(summary) };
}

function probe(input: { readonly probe: string }): ReturnType<typeof runProbes> {
  const name = AS_LAMBDA_TELLS[input.probe];
  return runProbes(input, name === undefined ? undefined : Object.assign(new Error('as Lambda tells it'), { name }));
}

/** Of a Distributed Map of seven seconds. */
function historyOfMap(): object[] {
  return [
    { id: 1, previousEventId: 0, type: 'MapRunStarted', timestamp: 100 },
    { id: 2, previousEventId: 1, type: 'MapRunSucceeded', timestamp: 107 },
  ];
}

function refuse(response: ServerResponse, body: string): void {
  response.statusCode = 400;
  response.end(body);
}
