import { join } from 'node:path';
import { type AdvanceInput, ENVIRONMENT, type RunSummary } from '../../statemachine/contract';
import { contentsOf } from '../support/contents';
import { past, useMirror } from '../support/mirror';
import { countOf, type Edit, failing, holding, Interpreter, impatient, isOfWriting } from './interpreter';
import { LambdaEndpoint } from './lambda-endpoint';
import { type Server, startServer } from './servers';
import { testTaskErrors } from './task-errors';

/** moto makes a list of what this path finds; in AWS it is one value. */
const withoutLists: Edit = (text) => text.replaceAll(/"(\$\[\d\]\.\w+)"/g, '"States.ArrayGetItem($1, 0)"');

/** The definition that is deployed, on an interpreter whose errors, timeouts and limits are the closest to AWS's that can be had. */
describe("the state machine on moto's Step Functions, with the real handlers", () => {
  const mirror = useMirror();
  let lambda: LambdaEndpoint;
  let server: Server;
  let interpreter: Interpreter;

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
    interpreter = new Interpreter(server.endpoint, (text) => impatient(withoutLists(text)));
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

  it('mirrors, and outputs the summary', async () => {
    const { status, output } = await interpreter.execute(createInput());

    expect(status).toBe('SUCCEEDED');
    const summary = JSON.parse(output ?? 'null') as RunSummary;
    expect(summary).toMatchObject({ status: 'succeeded', totals: { copied: 20, deleted: 1, failed: 0 } });
  });

  it('mirrors in rounds of one range and of several', async () => {
    const before = { ...process.env };
    Object.assign(process.env, {
      [ENVIRONMENT.roundBudgetsMs]: '1,20,60000',
      [ENVIRONMENT.pageSize]: '10',
      [ENVIRONMENT.rangesAtOnce]: '4',
    });
    const { source, destination, input } = mirror.createPair();
    for (let index = 0; index < 200; index++) source.put(`k${index}`, 'x', { lastModified: past });
    const ranges: number[] = [];
    lambda.around = async (task, invoke, event) => {
      if (task === 'AdvanceCopy') ranges.push((event as AdvanceInput).loop.results?.length ?? 1);
      return invoke();
    };

    const { status } = await interpreter.execute(input);
    process.env = before;

    expect(status).toBe('SUCCEEDED');
    expect(ranges[0]).toBe(1);
    expect(Math.max(...ranges)).toBe(4);
    expect(contentsOf(destination)).toEqual(contentsOf(source));
  });

  testTaskErrors(() => ({ lambda, execute: () => interpreter.execute(createInput()) }));

  it('ends with the error of a range that failed in every attempt, after the other loop is done', async () => {
    const failures = failing(lambda, 'ListingError', 'CopyRange', Number.POSITIVE_INFINITY, isOfWriting);
    const input = createInput();

    expect(await interpreter.execute(input)).toMatchObject({ status: 'FAILED', error: 'ListingError' });
    expect(failures.count).toBe(6);
    expect(mirror.s3.bucket(input.destination).get('orphan')).toBeUndefined();
  });

  it('retries a Task that takes too long, and ends with Timeout', async () => {
    const release = holding(lambda, 'AdvanceCopy');
    const hurried = (text: string) => text.replace('"TimeoutSeconds": 300', '"TimeoutSeconds": 1'); // the first one

    const arn = await interpreter.start(createInput(), hurried);
    const ended = await interpreter.ended(arn);
    release();

    expect(ended).toMatchObject({ status: 'FAILED', error: 'Timeout' });
    expect(countOf(await interpreter.historyOf(arn), 'LambdaFunctionTimedOut')).toBe(6);
  });

  it('ends a run whose state gets too large, which is why a round brings back few tokens', async () => {
    lambda.around = async (task, invoke) => {
      const result = (await invoke()) as object;
      return task === 'CopyRange' ? { ...result, tokens: [{ after: 'x'.repeat(300_000) }] } : result;
    };

    expect(await interpreter.execute(createInput())).toMatchObject({ status: 'FAILED', error: 'DataLimitExceeded' });
  });
});
