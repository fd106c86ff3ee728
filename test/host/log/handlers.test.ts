import { handler as finishRun } from '../../../lambdas/handlers/finish-run';
import { handler as validateInput } from '../../../lambdas/handlers/validate-input';
import { CONTRACT_VERSION, ENVIRONMENT } from '../../../statemachine/contract';
import { temporaryFolder } from '../../support/temporary-folder';

const context = { getRemainingTimeInMillis: () => 900_000, awsRequestId: 'r-1' };
const execution = { executionId: 'arn:x', executionName: 'run-1', startedAt: '2026-01-01T00:00:00Z' };
const { error: printed } = console;

beforeEach(() => {
  Object.assign(process.env, {
    [ENVIRONMENT.reportLocation]: `file://${temporaryFolder()}`,
    [ENVIRONMENT.roundBudgetsMs]: '60000',
    [ENVIRONMENT.logLevel]: 'info',
  });
});
afterEach(() => {
  console.error = printed;
  for (const name of [ENVIRONMENT.logLevel, ENVIRONMENT.metrics, ENVIRONMENT.mirrors]) delete process.env[name];
});

/** @returns the lines that the function writes, each of which must be JSON of its own */
async function linesOf(invoke: () => Promise<unknown>): Promise<Record<string, unknown>[]> {
  const written: string[] = [];
  const write = jest.spyOn(process.stdout, 'write').mockImplementation((text) => written.push(String(text)) > 0);
  try {
    await invoke().catch(() => undefined);
  } finally {
    write.mockRestore();
  }
  return written.map((line) => JSON.parse(line));
}

const validate = () => validateInput({ contract: CONTRACT_VERSION, input: { sauce: 'x' }, ...execution }, context);
const finish = () => {
  const state = { Error: 'InvalidInputError', Cause: '{"errorMessage":"no"}' };
  return finishRun({ state, executionInput: { source: 'staging', destination: 'copy' }, ...execution }, context);
};

it('is JSON that Lambda hands on as it is: with a level and a time of its own', async () => {
  const lines = await linesOf(validate);

  expect(lines).toEqual([
    expect.objectContaining({ level: 'INFO', message: 'Task begins', task: 'ValidateInput', runId: 'run-1' }),
    expect.objectContaining({ level: 'ERROR', message: 'Task failed', error: 'InvalidInputError', requestId: 'r-1' }),
  ]);
});

it('is empty if no level is set, as in a local run', async () => {
  delete process.env[ENVIRONMENT.logLevel];

  expect(await linesOf(validate)).toEqual([]);
});

it.each(['debug', 'info', 'warn', 'error'])('has the metrics of a run at level %s, unchanged', async (level) => {
  process.env[ENVIRONMENT.logLevel] = level;
  process.env[ENVIRONMENT.metrics] = 'essential';
  process.env[ENVIRONMENT.mirrors] = JSON.stringify([{ source: 'staging', destination: 'copy' }]);

  const metrics = (await linesOf(finish)).filter((line) => '_aws' in line);

  expect(metrics).toEqual([expect.objectContaining({ Mirror: 's3://copy', RunSucceeded: 0, runId: 'run-1' })]);
  expect(Object.keys(metrics[0] ?? {})[0]).toBe('_aws');
});

it('names a level that does not exist', async () => {
  process.env[ENVIRONMENT.logLevel] = 'chatty';

  await expect(async () => validate()).rejects.toThrow(
    `Expected the environment variable ${ENVIRONMENT.logLevel} to be debug, info, warn, error, got "chatty"`,
  );
});
