import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import {
  CreateStateMachineCommand,
  DescribeExecutionCommand,
  type DescribeExecutionOutput,
  SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import type { TaskName } from '../../local/handlers';
import type { RunSummary } from '../../statemachine/contract';
import { past, useMirror } from '../support/mirror';
import { type Around, LambdaEndpoint } from './lambda-endpoint';
import { type Server, startServer } from './servers';

jest.setTimeout(120_000);

const ENDED_WITHIN_MS = 60_000;
const DEFINITION = join(__dirname, '../../statemachine/bucketsync.asl.json');
const ROLE = 'arn:aws:iam::123456789012:role/role';

/** The definition that is deployed, on an interpreter whose errors, timeouts and limits are the closest to AWS's that can be had. */
describe("the state machine on moto's Step Functions, with the real handlers", () => {
  const mirror = useMirror();
  let lambda: LambdaEndpoint;
  let server: Server;
  let client: SFNClient;
  let machines = 0;

  beforeAll(async () => {
    lambda = await LambdaEndpoint.start();
    server = await startServer({
      name: 'moto',
      command: 'python',
      args: (port) => [join(__dirname, 'moto_step_functions.py'), '-H', '127.0.0.1', '-p', String(port)],
      env: () => ({ MOTO_PORT: String(lambda.port) }),
      refusedKeys: undefined,
    });
    lambda.target = server.endpoint;
    const config = { method: 'POST', body: JSON.stringify({ stepfunctions: { execute_state_machine: true } }) };
    await fetch(`${server.endpoint}/moto-api/config`, config);
    const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
    client = new SFNClient({ endpoint: server.endpoint, region: 'us-east-1', credentials });
  });
  afterAll(async () => {
    lambda?.stop();
    await server?.stop();
  });
  beforeEach(() => {
    lambda.around = (_task, invoke) => invoke();
  });

  function createInput(): { readonly source: string; readonly destination: string } {
    const { source, destination, input } = mirror.createPair();
    for (let index = 0; index < 20; index++) source.put(`${index}`, 'x', { lastModified: past });
    destination.put('orphan', 'x');
    return input;
  }

  /** @param edit  changes the definition's text */
  async function execute(input: unknown, edit = (text: string) => text): Promise<DescribeExecutionOutput> {
    const text = readFileSync(DEFINITION, 'utf8')
      .replaceAll(/\$\{(\w+)FunctionArn\}/g, 'arn:aws:lambda:us-east-1:123456789012:function:$1')
      // moto makes a list of what this path finds; in AWS it is one value
      .replaceAll(/"(\$\[\d\]\.\w+)"/g, '"States.ArrayGetItem($1, 0)"')
      // the same attempts, without the waiting
      .replaceAll('"IntervalSeconds": 2', '"IntervalSeconds": 1')
      .replaceAll('"BackoffRate": 2', '"BackoffRate": 1');
    const machine = { name: `machine-${++machines}`, definition: edit(text), roleArn: ROLE };
    const { stateMachineArn } = await client.send(new CreateStateMachineCommand(machine));
    const start = new StartExecutionCommand({ stateMachineArn, name: `run-${machines}`, input: JSON.stringify(input) });
    const { executionArn } = await client.send(start);
    const deadline = Date.now() + ENDED_WITHIN_MS;
    for (;;) {
      const execution = await client.send(new DescribeExecutionCommand({ executionArn }));
      if (execution.status !== 'RUNNING') return execution;
      if (Date.now() > deadline) throw new Error(`${executionArn} still runs after ${ENDED_WITHIN_MS} ms`);
      await delay(100);
    }
  }

  function failing(
    name: string,
    failed: TaskName,
    times = Number.POSITIVE_INFINITY,
  ): { readonly around: Around; count: number } {
    const counter = {
      count: 0,
      around: (async (task, invoke) => {
        if (task !== failed || counter.count >= times) return invoke();
        counter.count += 1;
        throw Object.assign(new Error(`${name} of the test`), { name });
      }) as Around,
    };
    lambda.around = counter.around;
    return counter;
  }

  it('mirrors, and puts out the summary', async () => {
    const { status, output } = await execute(createInput());

    expect(status).toBe('SUCCEEDED');
    const summary = JSON.parse(output ?? 'null') as RunSummary;
    expect(summary).toMatchObject({ status: 'succeeded', totals: { copied: 20, deleted: 1, failed: 0 } });
  });

  it.each<[task: TaskName, error: string]>([
    ['ValidateInput', 'ListingError'],
    ['CopyRange', 'ListingError'],
    ['DeleteRange', 'Lambda.TooManyRequestsException'],
    ['AdvanceCopy', 'ListingError'],
    ['ClosePhase', 'Lambda.ServiceException'],
    ['FinishRun', 'AnyError'],
  ])('tries %s again after %s', async (task, error) => {
    const failures = failing(error, task, 2);

    expect(await execute(createInput())).toMatchObject({ status: 'SUCCEEDED' });
    expect(failures.count).toBe(2);
  });

  it.each<[task: TaskName, error: string]>([
    ['ValidateInput', 'AlreadyRunningError'],
    ['CopyRange', 'AccessDeniedError'],
    ['DeleteRange', 'AccessDeniedError'],
    ['AdvanceDelete', 'AnyError'],
    ['ClosePhase', 'DriftError'],
  ])('ends with the error of %s, which is not tried again: %s', async (task, error) => {
    const failures = failing(error, task);

    expect(await execute(createInput())).toMatchObject({ status: 'FAILED', error, cause: `${error} of the test` });
    expect(failures.count).toBe(1);
  });

  it('ends with the error of a range that failed in every attempt, after the other loop is done', async () => {
    const failures = failing('ListingError', 'CopyRange');
    const input = createInput();

    expect(await execute(input)).toMatchObject({ status: 'FAILED', error: 'ListingError' });
    expect(failures.count).toBe(6);
    expect(mirror.s3.bucket(input.destination).get('orphan')).toBeUndefined();
  });

  it('tries a Task again that takes too long, and ends with Timeout', async () => {
    let attempts = 0;
    lambda.around = async (task, invoke) => {
      if (task === 'AdvanceCopy') {
        attempts += 1;
        await delay(3_000);
      }
      return invoke();
    };
    const hurried = (text: string) => text.replace('"TimeoutSeconds": 300', '"TimeoutSeconds": 1'); // the first one

    expect(await execute(createInput(), hurried)).toMatchObject({ status: 'FAILED', error: 'Timeout' });
    expect(attempts).toBe(6);
  });

  it('ends a run whose state gets too large, which is why a round brings back few tokens', async () => {
    lambda.around = async (task, invoke) => {
      const result = (await invoke()) as object;
      return task === 'CopyRange' ? { ...result, tokens: [{ after: 'x'.repeat(300_000) }] } : result;
    };

    expect(await execute(createInput())).toMatchObject({ status: 'FAILED', error: 'DataLimitExceeded' });
  });
});
