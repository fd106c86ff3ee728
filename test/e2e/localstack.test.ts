import { setTimeout as delay } from 'node:timers/promises';
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { DescribeExecutionCommand, RedriveExecutionCommand, StopExecutionCommand } from '@aws-sdk/client-sfn';
import type { Execution } from '../../cli/deployed/executions';
import { watchExecution } from '../../cli/deployed/watch';
import type { TaskName } from '../../local/handlers';
import { ENVIRONMENT, type RunSummary } from '../../statemachine/contract';
import { contentsOf } from '../support/contents';
import { past, useMirror } from '../support/mirror';
import { countOf, type Edit, failing, holding, Interpreter, impatient, isOfWriting } from './interpreter';
import { LambdaEndpoint } from './lambda-endpoint';
import { startLocalStack } from './localstack';
import type { Server } from './servers';
import { testTaskErrors } from './task-errors';

/** The definition as it is deployed, on an interpreter that runs a Distributed Map as AWS does, in child executions. */
describe("the state machine on LocalStack's Step Functions, with the real handlers", () => {
  const mirror = useMirror();
  let lambda: LambdaEndpoint;
  let server: Server;
  let interpreter: Interpreter;

  beforeAll(async () => {
    lambda = await LambdaEndpoint.start();
    server = await startLocalStack(lambda.port);
    // Whether an execution still runs is asked there, too.
    process.env.AWS_ENDPOINT_URL_SFN = server.endpoint;
    interpreter = new Interpreter(server.endpoint);
  });
  afterAll(async () => {
    delete process.env.AWS_ENDPOINT_URL_SFN;
    lambda?.stop();
    await server?.stop();
  });
  beforeEach(() => {
    lambda.around = (_task, invoke) => invoke();
    process.env[ENVIRONMENT.roundBudgetsMs] = '60000';
    process.env[ENVIRONMENT.pageSize] = '1000';
    process.env[ENVIRONMENT.rangesAtOnce] = '4';
  });

  /** Ranges end early, so that later rounds have several. */
  function shortRounds(): void {
    process.env[ENVIRONMENT.roundBudgetsMs] = '1,20,60000';
    process.env[ENVIRONMENT.pageSize] = '10';
  }

  function createPair(keys = 20, prefix = '') {
    const pair = mirror.createPair();
    for (let index = 0; index < keys; index++) {
      const name = `${prefix}${String(index).padStart(4, '0')}${index % 3 === 0 ? '.html' : '.css'}`;
      pair.source.put(name, `content ${index}`, { lastModified: past });
    }
    pair.destination.put('orphan', 'x');
    return pair;
  }

  function summaryOf({ output }: { readonly output?: string }): RunSummary {
    return JSON.parse(output ?? 'null') as RunSummary;
  }

  it('mirrors a small bucket without a Map, and outputs the summary', async () => {
    const { source, destination, input } = createPair();

    const arn = await interpreter.start(input);
    const ended = await interpreter.ended(arn);

    expect(ended).toMatchObject({ status: 'SUCCEEDED' });
    expect(summaryOf(ended)).toMatchObject({ status: 'succeeded', totals: { copied: 20, deleted: 1, failed: 0 } });
    expect(contentsOf(destination)).toEqual(contentsOf(source));
    const events = await interpreter.historyOf(arn);
    expect(countOf(events, 'MapRunStarted')).toBe(0);
    expect(events.flatMap(({ stateEnteredEventDetails }) => stateEnteredEventDetails?.name ?? [])).toContain(
      'CopyOneRange',
    );
  });

  it('publishes and verifies two folders, each round of several ranges in a Map Run', async () => {
    shortRounds();
    const { source, destination, input } = createPair(300, 'site/');
    for (let index = 0; index < 300; index++) destination.put(`www/orphan-${index}`, 'x');

    const arn = await interpreter.start({
      ...input,
      prefix: 'site/',
      destinationPrefix: 'www/',
      mode: 'publish',
      verify: true,
      maxDeletes: 400,
    });
    const ended = await interpreter.ended(arn);

    expect(ended).toMatchObject({ status: 'SUCCEEDED' });
    const { phases, totals } = summaryOf(ended);
    expect(phases.map(({ name }) => name)).toEqual(['plan', 'assets', 'pages', 'first-deletes', 'deletes', 'verify']);
    expect(totals).toMatchObject({ copied: 300, deleted: 300, failed: 0 });
    expect(contentsOf(destination, 'www/')).toEqual(contentsOf(source, 'site/'));
    expect(destination.get('orphan')).toBeDefined();
    const events = await interpreter.historyOf(arn);
    // A plan of so few objects has few parts, and the phases that apply it are cut where parts end.
    expect(countOf(events, 'MapRunStarted')).toBeGreaterThan(1);
    expect(countOf(events, 'MapRunSucceeded')).toBe(countOf(events, 'MapRunStarted'));

    expect(
      summaryOf(await interpreter.execute({ ...input, prefix: 'site/', destinationPrefix: 'www/' })),
    ).toMatchObject({
      totals: { copied: 0, deleted: 0 },
    });
  });

  it('is followed by `bucketsync watch`, through rounds of one range and of several', async () => {
    shortRounds();
    const { input } = createPair(300);
    const seen = Promise.withResolvers<void>();
    lambda.around = async (task, invoke) => {
      if (task === 'FinishRun') await seen.promise;
      return invoke();
    };
    const arn = await interpreter.start({ ...input, maxConcurrency: 4 });
    const settings = { endpoint: server.endpoint, region: 'us-east-1' };
    const clients = { stepFunctions: interpreter.client, cloudFormation: new CloudFormationClient(settings) };
    const execution: Execution = { arn, stateMachine: { arn, clients } };
    const display = {
      update: seen.resolve,
      retitle() {},
      note() {},
      end() {},
    };

    const summary = await watchExecution(execution, {
      display: display as never,
      signal: new AbortController().signal,
    });

    expect(summary).toMatchObject({ status: 'succeeded', totals: { copied: 300, deleted: 1 } });
  });

  it.each<[what: string, input: object, error: string]>([
    ['a field that does not exist', { maxDelete: 3 }, 'InvalidInputError'],
    ['too many deletes', { maxDeletes: 0 }, 'DeleteGuardError'],
    ['a bucket that does not exist', { source: 'no-such-bucket' }, 'BucketNotFoundError'],
  ])('ends with the error of %s', async (_what, more, error) => {
    const { destination, input } = createPair();

    const ended = await interpreter.execute({ ...input, ...more });

    expect(ended).toMatchObject({ status: 'FAILED', error });
    expect(ended.cause).not.toContain('errorMessage');
    expect([...contentsOf(destination).keys()]).toEqual(['orphan']);
  });

  testTaskErrors(() => ({ lambda, execute: () => interpreter.execute(createPair().input, impatient) }));

  it('ends with the error of one of the ranges of a Map, after the other loop is done', async () => {
    shortRounds();
    const { input, destination } = createPair(300);
    let ranges = 0;
    lambda.around = async (task, invoke) => {
      if (task === 'CopyRange' && ++ranges === 3) {
        throw Object.assign(new Error('not this one'), { name: 'AccessDeniedError' });
      }
      return invoke();
    };

    const ended = await interpreter.execute({ ...input, plan: false });

    expect(ended).toMatchObject({ status: 'FAILED', error: 'AccessDeniedError', cause: 'not this one' });
    expect(ranges).toBeGreaterThan(3);
    expect(destination.get('orphan')).toBeUndefined();
  });

  it("ends with FinishRun's own error if FinishRun fails in every attempt", async () => {
    const failures = failing(lambda, 'StoreError', 'FinishRun');

    const { status, error, cause } = await interpreter.execute(createPair().input, impatient);

    expect({ status, error }).toEqual({ status: 'FAILED', error: 'StoreError' });
    expect(JSON.parse(cause ?? '')).toMatchObject({ errorType: 'StoreError', errorMessage: 'StoreError of the test' });
    expect(failures.count).toBe(6);
  });

  it('retries a Task that takes too long, and ends with Timeout', async () => {
    const release = holding(lambda, 'ClosePhase');
    const hurried: Edit = (text) =>
      impatient(text).replace(/("ClosePhase": \{[\s\S]*?"TimeoutSeconds": )120/, (_all, before) => `${before}1`);

    const arn = await interpreter.start(createPair().input, hurried);
    const ended = await interpreter.ended(arn);
    release();

    expect(ended).toMatchObject({ status: 'FAILED', error: 'Timeout' });
    expect(countOf(await interpreter.historyOf(arn), 'LambdaFunctionTimedOut')).toBe(6);
  });

  it('ends a loop whose result is too large for the state, and finishes the other loop', async () => {
    const { input, destination } = createPair();
    lambda.around = async (task, invoke, event) => {
      const result = (await invoke()) as object;
      return task === 'CopyRange' && isOfWriting(event)
        ? { ...result, tokens: [{ after: 'x'.repeat(300_000) }] }
        : result;
    };

    expect(await interpreter.execute(input)).toMatchObject({ status: 'FAILED', error: 'DataLimitExceeded' });
    expect(destination.get('orphan')).toBeUndefined();
  });

  it('ends a round of several ranges if the execution is stopped, and the next run takes its lock over', async () => {
    shortRounds();
    const { source, destination, input } = createPair(300);
    const reached = Promise.withResolvers<void>();
    const released = Promise.withResolvers<void>();
    const begun: TaskName[] = [];
    lambda.around = async (task, invoke) => {
      begun.push(task);
      if (begun.filter((name) => name === 'CopyRange').length > 2) reached.resolve();
      if (begun.filter((name) => name === 'CopyRange').length > 1) await released.promise;
      return invoke();
    };
    const executionArn = await interpreter.start({ ...input, delete: false, plan: false });
    await reached.promise;

    await interpreter.client.send(
      new StopExecutionCommand({ executionArn, error: 'InterruptedError', cause: 'enough' }),
    );
    released.resolve();
    const ended = await interpreter.ended(executionArn);

    expect(ended.status).toBe('ABORTED');
    expect(begun.filter((task) => task !== 'CopyRange')).toEqual(['ValidateInput', 'AdvanceCopy']);
    lambda.around = (_task, invoke) => invoke();
    expect(await interpreter.execute({ ...input, delete: false })).toMatchObject({ status: 'SUCCEEDED' });
    expect([...contentsOf(destination).keys()]).toEqual([...contentsOf(source).keys(), 'orphan']);
  });

  /**
   * | AWS | LocalStack |
   * | --- | --- |
   * | StopExecution ends the execution at once | it is RUNNING until the functions of its Map Run have answered |
   * | an execution that was stopped has the error and the cause that were given | it has neither |
   * | an error of Lambda's API is `Lambda.` and its code | it is `Exception` |
   * | States.ALL does not catch States.DataLimitExceeded | it does |
   * | RedriveExecution goes on at the state that failed | it does not know the operation |
   */
  describe('differs from AWS:', () => {
    it('a stopped execution runs until the functions of its Map Run have answered, and gives no cause', async () => {
      shortRounds();
      const { input } = createPair(300);
      const reached = Promise.withResolvers<void>();
      const released = Promise.withResolvers<void>();
      let ranges = 0;
      lambda.around = async (task, invoke) => {
        if (task === 'CopyRange' && ++ranges === 3) reached.resolve();
        if (task === 'CopyRange' && ranges > 2) await released.promise;
        return invoke();
      };
      const executionArn = await interpreter.start({ ...input, delete: false });
      await reached.promise;

      await interpreter.client.send(new StopExecutionCommand({ executionArn, error: 'Stopped', cause: 'enough' }));
      await delay(1_000);
      const { status } = await interpreter.client.send(new DescribeExecutionCommand({ executionArn }));
      released.resolve();

      expect(status).toBe('RUNNING');
      const ended = await interpreter.ended(executionArn);
      expect(ended.status).toBe('ABORTED');
      expect([ended.error, ended.cause]).toEqual([undefined, undefined]);
    });

    it("an error of Lambda's API is `Exception`, which is not retried", async () => {
      lambda.refuse = { task: 'AdvanceCopy', status: 429, code: 'TooManyRequestsException' };

      const ended = await interpreter.execute(createPair().input);
      lambda.refuse = undefined;

      expect(ended).toMatchObject({ status: 'FAILED', error: 'Exception' });
    });

    it('States.ALL also matches States.DataLimitExceeded', async () => {
      lambda.around = async (task, invoke) => (task === 'ClosePhase' ? 'x'.repeat(300_000) : invoke());
      const unnamed: Edit = (text) => text.replaceAll('"States.DataLimitExceeded"', '"AnyOtherError"');

      expect(await interpreter.execute(createPair().input, unnamed)).toMatchObject({ error: 'DataLimitExceeded' });
    });

    it('RedriveExecution is not supported', async () => {
      const executionArn = await interpreter.start({ ...createPair().input, maxDeletes: 0 });
      await interpreter.ended(executionArn);

      await expect(interpreter.client.send(new RedriveExecutionCommand({ executionArn }))).rejects.toThrow(
        /not (yet )?(been )?(implemented|supported|emulated)/i,
      );
    });
  });
});
