import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { SFNClient } from '@aws-sdk/client-sfn';
import { readEndedRun } from '../../cli/deployed/ended-run';
import { describeExecution, type Execution, findExecution, startExecution } from '../../cli/deployed/executions';
import { HistoryReader } from '../../cli/deployed/history-reader';
import {
  type Clock,
  NAMED_UNSEEN_FOR_MS,
  OWN_UNSEEN_FOR_MS,
  readIfSeen,
  readOnceSeen,
} from '../../cli/deployed/patience';
import { watchExecution } from '../../cli/deployed/watch';
import type { Progress } from '../../local/progress';
import type { SyncRequest } from '../../statemachine/contract';
import { useMirror } from '../support/mirror';
import { roundsOf } from '../support/rounds-of';
import { STATE_MACHINE_ARN } from '../support/step-functions';
import { Deployed } from './deployed';

const mirror = useMirror();
const deployed = new Deployed(mirror);
const { cli, createPair, holdTask } = deployed;

/** Nobody waits: its time passes while they would. */
class QuickClock implements Clock {
  waits = 0;
  #now: number;
  constructor(now = Date.now()) {
    this.#now = now;
  }
  now = () => this.#now;
  wait = async (milliseconds: number) => {
    this.waits += 1;
    this.#now += milliseconds;
    await new Promise((resolve) => setImmediate(resolve));
  };
}

const noDisplay = { update() {}, begin() {}, actions() {}, retitle() {}, note() {}, pause() {}, resume() {}, end() {} };

function watch(execution: Execution, clock: Clock) {
  return watchExecution(execution, { display: noDisplay, signal: new AbortController().signal, clock });
}

function stateMachine() {
  const settings = {
    endpoint: deployed.service.endpoint,
    region: 'eu-west-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  };
  return {
    arn: STATE_MACHINE_ARN,
    clients: { stepFunctions: new SFNClient(settings), cloudFormation: new CloudFormationClient(settings) },
  };
}

/** A run that has ended, if `request` does not hold it up. */
async function start(request: Partial<SyncRequest> = {}): Promise<Execution> {
  const execution = await startExecution(stateMachine(), { ...createPair().input, ...request });
  await deployed.service.newest.ended;
  return execution;
}

/** The clock of a command that has just found the execution, or started it, however long that took. */
function justAfter({ unseenUntil = 0 }: Execution, patienceMs: number): QuickClock {
  return new QuickClock(unseenUntil - patienceMs);
}

describe('an execution that Step Functions does not show yet', () => {
  it('is awaited for a minute by the command that started it', async () => {
    const execution = await start();
    const clock = justAfter(execution, OWN_UNSEEN_FOR_MS);
    deployed.service.unseen = 20;

    expect(await watch(execution, clock)).toMatchObject({ status: 'succeeded', totals: { copied: 30, deleted: 1 } });
    expect(clock.waits).toBe(20);
  });

  it('is an error once the minute is over', async () => {
    const execution = await start();
    const clock = justAfter(execution, OWN_UNSEEN_FOR_MS);
    const startedAt = clock.now();
    deployed.service.unseen = Number.POSITIVE_INFINITY;

    await expect(watch(execution, clock)).rejects.toMatchObject({
      name: 'InvalidInputError',
      message: expect.stringContaining('Execution Does Not Exist'),
    });
    expect(clock.now() - startedAt).toBeGreaterThan(OWN_UNSEEN_FOR_MS - 5_000);
  });

  it('is awaited for two seconds by a command that names it', async () => {
    const { arn } = await start();
    const found = await findExecution(arn, { stack: 'BucketSync', endpointUrl: deployed.service.endpoint });
    const clock = justAfter(found, NAMED_UNSEEN_FOR_MS);
    const startedAt = clock.now();
    const describe = () => readOnceSeen(found, () => describeExecution(found), clock);

    deployed.service.unseen = 3;
    expect(await describe()).toMatchObject({ status: 'SUCCEEDED' });

    deployed.service.unseen = Number.POSITIVE_INFINITY;
    await expect(describe()).rejects.toThrow('Execution Does Not Exist');
    expect(clock.now() - startedAt).toBeLessThan(2 * NAMED_UNSEEN_FOR_MS);
  });

  it('hides no other error', async () => {
    const denied = async () => {
      throw Object.assign(new Error('no'), { name: 'AccessDeniedException' });
    };

    const forever = { unseenUntil: Number.POSITIVE_INFINITY };
    await expect(readIfSeen(forever, denied, new QuickClock())).rejects.toThrow('no');
  });

  it('is no error of `start --watch`', async () => {
    deployed.service.unseen = 1;

    const { exitCode, stdout } = await cli('start', ...createPair().urls, '--watch');

    expect(stdout).toContain('30 objects copied (210 B), 1 deleted');
    expect(exitCode).toBe(0);
  });

  it('is stopped all the same, and one that does not exist is an error', async () => {
    const task = holdTask('CopyRange');
    await cli('start', ...createPair().urls);
    deployed.service.unseen = 1;

    const stopped = await cli('stop', deployed.service.newest.name);
    const unknown = await cli('stop', 'no-such-run');
    task.release();

    expect(stopped).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/^Stopped /) });
    expect(deployed.service.newest.status).toBe('ABORTED');
    expect(unknown).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('Execution Does Not Exist') });
  });

  it('is listed by `runs` without its counters', async () => {
    await start();
    await start({ delete: false });
    deployed.service.unseen = 1;

    const { exitCode, stdout } = await cli('runs', '--json');

    expect(exitCode).toBe(0);
    const { runs } = JSON.parse(stdout);
    expect(runs).toMatchObject([{ status: 'succeeded' }, { status: 'succeeded', totals: { copied: 30, deleted: 1 } }]);
    expect(runs[0].totals).toBeUndefined();
  });
});

describe('a history that lags behind the status of its execution', () => {
  async function failed(lag: { readonly events: number; readonly readings: number }): Promise<Execution> {
    mirror.s3.onRequest = ({ operation, key }) =>
      operation === 'CopyObject' && key === '7' ? { status: 403, code: 'AccessDenied' } : undefined;
    const execution = await start();
    deployed.service.newest.lag = lag;
    return execution;
  }

  const whole = {
    status: 'failed',
    totals: { copied: 29, failed: 1 },
    error: { name: 'SyncIncompleteError', keys: ['7'] },
  };

  it.each([
    ['the last event', 1],
    ['the exit of FinishRun', 2],
    ['all of FinishRun', 5],
  ])('is read again while it lacks %s', async (_what, events) => {
    const clock = new QuickClock();

    expect(await watch(await failed({ events, readings: 3 }), clock)).toMatchObject(whole);
    expect(await readEndedRun(await failed({ events, readings: 3 }), clock)).toMatchObject(whole);
    expect(clock.waits).toBe(2 + 3);
  });

  it('is shown as far as it goes if the rest does not come', async () => {
    const clock = new QuickClock();

    const summary = await readEndedRun(await failed({ events: 5, readings: Number.POSITIVE_INFINITY }), clock);

    expect(summary).toMatchObject({ totals: { copied: 29, failed: 1 }, error: { name: 'SyncIncompleteError' } });
    expect(summary?.report).toBeUndefined();
    expect(clock.waits).toBe(4);
  });

  it('is read once if it is complete, even if the run was stopped', async () => {
    const task = holdTask('CopyRange');
    const execution = await startExecution(stateMachine(), createPair().input);
    await task.reached;
    deployed.service.newest.abort('InterruptedError', 'enough');
    const clock = new QuickClock();

    expect(await readEndedRun(execution, clock)).toMatchObject({ error: { name: 'InterruptedError' } });
    expect(clock.waits).toBe(0);
    task.release();
  });
});

it('shows a round whose map run is not there yet', async () => {
  const { source, input } = createPair();
  for (let index = 0; index < 300; index++) source.put(`more/${index}`, 'x');
  const reached = Promise.withResolvers<void>();
  const released = Promise.withResolvers<void>();
  deployed.service.runOptions = {
    pageSize: 10,
    host: { ...roundsOf(1, 60_000), rangesAtOnce: 4 },
    around: async (task, taskInput, invoke) => {
      if (task === 'CopyRange' && (taskInput as { round: number }).round > 0) {
        reached.resolve();
        await released.promise;
      }
      return invoke();
    },
  };
  const execution = await startExecution(stateMachine(), { ...input, delete: false, compare: 'size' });
  await reached.promise;
  const history = new HistoryReader(execution);
  await history.readNew();
  deployed.service.unseenMapRuns = 1;

  const unseen = await history.progress();
  const seen = await history.progress();
  released.resolve();

  expect(history.run.mapRuns.copy).toBeDefined();
  expect(unseen?.copy).toMatchObject({ round: 2, ranges: { done: 0, total: 4 } });
  expect(seen?.copy).toMatchObject({ round: 2, ranges: { total: 4 } });
});

it('shows how much of the plan is done, and from when to when that was counted', async () => {
  // Given a run with a plan, in rounds that end after some copies
  const { source, input } = createPair();
  for (let index = 0; index < 300; index++) source.put(`more/${index}`, 'xx');
  source.put('page.html', 'xxx');
  const begins = Promise.withResolvers<void>();
  let history: HistoryReader | undefined;
  const seen: Progress[] = [];
  deployed.service.runOptions = {
    pageSize: 10,
    host: { ...roundsOf(1, 60_000), rangesAtOnce: 4 },
    around: async (task, _input, invoke) => {
      if (task === 'ValidateInput') await begins.promise;
      await history?.readNew();
      const progress = await history?.progress();
      if (progress) seen.push(progress);
      return invoke();
    },
  };

  // When
  const request: Partial<SyncRequest> = { mode: 'publish', maxDeletes: 10 };
  const execution = await startExecution(stateMachine(), { ...input, ...request });
  history = new HistoryReader(execution);
  begins.resolve();
  await deployed.service.newest.ended;

  // Then
  const at = (phase: string) => seen.filter((progress) => progress.phase === phase);
  expect(at('plan').map((progress) => progress.plan)).not.toContainEqual(expect.anything());
  expect(at('assets').map((progress) => progress.plan?.deletes)).toEqual(at('assets').map(() => 1));
  expect(at('pages').at(-1)?.earlier?.copy.copied).toBe(330);
  const counted = at('assets').map(({ copy }) => ({ copied: copy.counters.copied, ...copy.counted }));
  expect(counted[0]).toMatchObject({ copied: 0 });
  expect(counted[0]?.atMs).toBe(counted[0]?.sinceMs);
  expect(counted.at(-1)?.copied).toBeGreaterThan(0);
  expect(counted.at(-1)?.atMs).toBeGreaterThanOrEqual(counted.at(-1)?.sinceMs ?? Number.POSITIVE_INFINITY);
});
