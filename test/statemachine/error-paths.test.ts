import { finishRun } from '../../lambdas/engine/tasks/finish-run';
import { lambdaHost } from '../../lambdas/host/lambda-host';
import { type Invoke, runExecution } from '../../local/execution';
import { ERROR_NAMES } from '../../statemachine/errors';
import { everyNth } from '../support/length';
import { useMirror } from '../support/mirror';

const mirror = useMirror();
// what is tested are loops that walk the buckets and act at once
mirror.walksAndActs = true;

function createInput() {
  const { source, destination, input } = mirror.createPair();
  for (let index = 0; index < 20; index++) source.put(`k${index}`, 'x', { lastModified: new Date(0) });
  destination.put('orphan', 'x');
  return input;
}

function failing(name: string, task: string, times = Number.POSITIVE_INFINITY) {
  let failures = 0;
  return async (current: string, _input: unknown, invoke: () => Promise<unknown>) => {
    if (current === task && failures++ < times) throw Object.assign(new Error(`${name} of the test`), { name });
    return invoke();
  };
}

describe.each(['ValidateInput', 'CopyRange', 'DeleteRange', 'AdvanceCopy', 'AdvanceDelete', 'ClosePhase'])(
  '%s',
  (task) => {
    it.each(everyNth(6, [...ERROR_NAMES, 'Error', 'Lambda.Unknown'], task.length))(
      'ends the run with its own error: %s',
      async (name) => {
        const summary = await mirror.run(createInput(), { around: failing(name, task) });
        // Lambda's own messages do not say what happened
        const message = name.startsWith('Lambda.') ? `${name}: ${name} of the test` : `${name} of the test`;
        // nothing but the look at the lock finds a hold
        const status = name === 'HeldError' && task === 'ValidateInput' ? 'held' : 'failed';
        expect(summary).toMatchObject({ status, error: { name, message } });
      },
    );

    it.each([
      ['an error of Lambda', 'Lambda.ServiceException', 2],
      ['Lambda was ill for many minutes', 'Lambda.SdkClientException', 40],
      ['Lambda had no place for it for hours', 'Lambda.TooManyRequestsException', 500],
    ])('is retried after %s', async (_what, name, times) => {
      const around = failing(name, task, times);
      expect(await mirror.run(createInput(), { around })).toMatchObject({
        status: 'succeeded',
        totals: { copied: 20 },
      });
    });
  },
);

describe.each(['CopyRange', 'DeleteRange', 'AdvanceCopy', 'AdvanceDelete', 'ClosePhase'])('%s', (task) => {
  it.each(['Lambda.Unknown', 'Sandbox.Timedout', 'Runtime.ExitError', 'Runtime.OutOfMemory', 'States.Timeout'])(
    'is retried if its function did not reach its end: %s',
    async (name) => {
      const summary = await mirror.run(createInput(), { around: failing(name, task, 2) });
      expect(summary).toMatchObject({ status: 'succeeded', totals: { copied: 20, deleted: 1 } });
    },
  );
});

it.each(['CopyRange', 'DeleteRange', 'ValidateInput'])('%s is retried after a ListingError', async (task) => {
  const summary = await mirror.run(createInput(), { around: failing('ListingError', task, 2) });
  expect(summary).toMatchObject({ status: 'succeeded', totals: { copied: 20, deleted: 1 } });
});

it('lets the delete loop finish if the copy loop fails, and counts what both did', async () => {
  const summary = await mirror.run(createInput(), { around: failing('ListingError', 'CopyRange') });
  expect(summary).toMatchObject({
    status: 'failed',
    error: { name: 'ListingError' },
    phases: [{ name: 'sync', copy: { copied: 0 }, delete: { deleted: 1 } }],
  });
});

it('retries FinishRun, and fails with its error if there is no summary', async () => {
  const again = await mirror.run(createInput(), { around: failing('Error', 'FinishRun', 2) });
  expect(again.status).toBe('succeeded');
  const lost: Invoke = async () => {
    throw Object.assign(new Error('no'), { name: 'Lost' });
  };
  await expect(runExecution({}, lost, { ValidateInput: 0, FinishRun: 0 })).rejects.toMatchObject({
    message: expect.stringContaining('no'),
    cause: expect.objectContaining({ name: 'Lost', message: 'no' }),
  });
});

it.each([
  { Error: 'States.Timeout', Cause: '' }, // as AWS has it
  { Error: 'States.Timeout' },
])('has a name and a message of its own for what Step Functions itself reports: %j', async (state) => {
  const task = {
    executionInput: {},
    executionId: 'local:',
    executionName: 'run',
    startedAt: new Date(0).toISOString(),
  };
  const { error } = await finishRun({ ...task, state }, lambdaHost(neverOver));

  expect(error).toEqual({ name: 'Timeout', message: 'States.Timeout: Step Functions gave no cause', keys: [] });
});

const neverOver = { getRemainingTimeInMillis: () => 900_000 };
