import type { TaskName } from '../../local/handlers';
import type { RunSummary } from '../../statemachine/contract';
import { past, useMirror } from '../support/mirror';
import { STATE_MACHINE_ARN, StepFunctions } from '../support/step-functions';
import { type Finished, finished, runCli, startCli } from './command-line';

const mirror = useMirror();
let service: StepFunctions;

beforeEach(async () => {
  service = await StepFunctions.start(mirror);
});
afterEach(async () => {
  for (const release of held.splice(0)) release();
  await service.stop();
});

/** The command line, with nothing but Step Functions and CloudFormation within its reach. */
function environment(): NodeJS.ProcessEnv {
  return { AWS_ENDPOINT_URL: service.endpoint, AWS_ENDPOINT_URL_S3: 'http://127.0.0.1:1' };
}

const cli = (...args: string[]): Promise<Finished> => runCli(undefined, args, '', environment());

function createPair() {
  const pair = mirror.createPair();
  for (let index = 0; index < 30; index++) pair.source.put(`${index}`, 'content', { lastModified: past });
  pair.destination.put('orphan', 'x');
  return { ...pair, urls: [`s3://${pair.source.name}`, `s3://${pair.destination.name}`] as const };
}

const held: (() => void)[] = [];

/** Holds a Task back until it is released, at the latest at the end of the test. */
function holdTask(task: TaskName) {
  const reached = Promise.withResolvers<void>();
  const released = Promise.withResolvers<void>();
  service.runOptions = {
    around: async (current, _input, invoke) => {
      if (current === task) {
        reached.resolve();
        await released.promise;
      }
      return invoke();
    },
  };
  held.push(released.resolve);
  return { reached: reached.promise, release: released.resolve };
}

/** Waits for a text on a child's stderr. */
async function seen(child: ReturnType<typeof startCli>, expected: RegExp): Promise<void> {
  let text = '';
  await new Promise<void>((resolve, reject) => {
    child.stderr.on('data', (chunk: Buffer) => {
      text += chunk.toString('utf8');
      if (expected.test(text)) resolve();
    });
    child.once('close', () => reject(new Error(`Expected ${expected}, got ${JSON.stringify(text)}`)));
  });
}

/** What no two runs have in common. */
function withoutTimes(text: string): string {
  return text.replace(/ in [\d.]+ m?s\n/, ' in a while\n').replace(/ {2}(Speed|On AWS|Report) .*\n/g, '');
}

describe('bucketsync start', () => {
  it('starts the state machine of the stack with the input that `run` would have', async () => {
    const { urls, source, destination } = createPair();

    const options = ['--exclude', '*.tmp', '--max-deletes', '10%', '--no-delete', '--json'];
    const { exitCode, stdout, stderr } = await cli('start', `${urls[0]}/a`, `${urls[1]}/b`, ...options);

    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    const { arn, name, input } = service.newest;
    expect(JSON.parse(stdout)).toEqual({ runId: name, executionArn: arn });
    expect(JSON.parse(input)).toEqual({
      source: source.name,
      destination: destination.name,
      prefix: 'a',
      destinationPrefix: 'b',
      exclude: ['*.tmp'],
      maxDeletes: '10%',
      delete: false,
    });
    expect(service.requests).toEqual(['ListStackResources', 'StartExecution']);
  });

  it('starts one run, also where the answer was lost and it asks again', async () => {
    service.lostAnswers = 1;

    const { exitCode, stdout } = await cli(
      'start',
      ...createPair().urls,
      '--state-machine',
      STATE_MACHINE_ARN,
      '--json',
    );

    expect(exitCode).toBe(0);
    expect(service.requests).toEqual(['StartExecution', 'StartExecution']);
    expect(service.executions.map(({ name }) => name)).toEqual([JSON.parse(stdout).runId]);
  });

  it('says how to go on with the run', async () => {
    const { stdout } = await cli('start', ...createPair().urls);

    const { arn, name } = service.newest;
    expect(stdout).toContain(`Started ${name}: s3://source-`);
    expect(stdout).toContain(`\n  bucketsync watch ${arn}\n  bucketsync stop ${arn}\n`);
  });

  it('--watch prints the same summary as `run`, and ends with its exit code', async () => {
    const { exitCode, stdout } = await cli('start', ...createPair().urls, '--no-delete', '--watch');
    const here = await runCli(mirror.s3, ['run', ...createPair().urls, '--no-delete']);

    expect(withoutTimes(stdout)).toBe(withoutTimes(here.stdout));
    expect(stdout).toMatch(/^✔ Mirrored in .*\n {2}30 objects copied \(210 B\)\n/);
    expect(exitCode).toBe(0);
  });

  it('--watch shows the phase, the rounds, and how many ranges are done', async () => {
    const task = holdTask('CopyRange');
    const child = startCli(undefined, ['start', ...createPair().urls, '--watch'], environment());
    const result = finished(child);
    await seen(child, /sync: copying what is missing or changed, deleting orphans\n/);
    await seen(child, /sync: copy loop \(round 1, 0 of 1 ranges done\): 0 listed; delete loop \(round 1, .* 1 deleted/);
    task.release();

    expect((await result).stdout).toContain('30 objects copied');
  });

  it('--watch tells of an error that is tried again', async () => {
    let failures = 0;
    service.runOptions = {
      around: async (task, _input, invoke) => {
        if (task !== 'AdvanceCopy' || failures++ > 0) return invoke();
        throw Object.assign(new Error('no "answer"'), { name: 'ListingError' });
      },
    };

    const { exitCode, stderr } = await cli('start', ...createPair().urls, '--watch');

    expect(stderr).toContain('AdvanceCopy failed: ListingError: no "answer"\n');
    expect(exitCode).toBe(0);
  });

  it('--watch shows what a terminal would obey in an error as its code', async () => {
    let failed = false;
    service.runOptions = {
      around: async (task, _input, invoke) => {
        if (task !== 'AdvanceCopy' || failed) return invoke();
        failed = true;
        throw Object.assign(new Error('Could not list s3://site/\u009b2J\u202e/'), { name: 'ListingError' });
      },
    };

    const { stderr } = await cli('start', ...createPair().urls, '--watch');

    expect(stderr).toContain('AdvanceCopy failed: ListingError: Could not list s3://site/\\u009b2J\\u202e/');
  });

  it('--watch --json prints the summary as one document, and nothing else anywhere', async () => {
    const { exitCode, stdout, stderr } = await cli('start', ...createPair().urls, '--watch', '--json');

    expect(JSON.parse(stdout)).toMatchObject({ status: 'succeeded', totals: { copied: 30, deleted: 1 } });
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  });

  it('ends with 1 and the whole summary where the run fails', async () => {
    const { urls } = createPair();
    mirror.s3.onRequest = ({ operation, key }) =>
      operation === 'CopyObject' && key === '7' ? { status: 403, code: 'AccessDenied' } : undefined;

    const { exitCode, stdout } = await cli('start', ...urls, '--watch');

    expect(stdout).toContain('29 objects copied (203 B), 1 deleted, 1 failed');
    expect(stdout).toMatch(/SyncIncompleteError: .*\n {2}"7"\nWhat to do: `bucketsync report <run>` names each object/);
    expect(exitCode).toBe(1);
  });

  it.each([
    ['a field of the wrong type', ['--max-concurrency', '0'], 'Expected --max-concurrency to be 1 or more'],
    ['an unknown option', ['--max-delete', '5'], "unknown option '--max-delete'"],
    ['no ARN of a state machine', ['--state-machine', 'BucketSync'], 'Expected --state-machine to be the ARN'],
  ])('refuses before anything is asked of AWS: %s', async (_what, options, message) => {
    const { exitCode, stdout, stderr } = await cli(
      'start',
      's3://source-1',
      's3://destination-1',
      ...options,
      '--json',
    );

    expect(stderr).toContain(message);
    expect({ exitCode, stdout, requests: service.requests }).toEqual({ exitCode: 2, stdout: '', requests: [] });
  });

  it.each<[what: string, arrange: () => string[], message: string]>([
    ['a stack that does not exist', () => ['--stack', 'Other'], 'There is no stack Other in us-east-1'],
    ['a stack without a state machine', () => stateMachines(), 'to hold one state machine, got none'],
    [
      'a stack with two',
      () => stateMachines('arn:one', 'arn:two'),
      'got 2: choose one with --state-machine:\narn:one\narn:two',
    ],
  ])('refuses %s', async (_what, arrange, message) => {
    const { exitCode, stdout, stderr } = await cli('start', 's3://source-1', 's3://destination-1', ...arrange());

    expect(stderr).toContain(message);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
  });

  it('needs no stack and no region where the ARN is given', async () => {
    const { urls } = createPair();
    const args = ['start', ...urls, '--state-machine', STATE_MACHINE_ARN];
    const { exitCode } = await runCli(undefined, args, '', { ...environment(), AWS_REGION: undefined });

    expect({ exitCode, requests: service.requests }).toEqual({ exitCode: 0, requests: ['StartExecution'] });
  });

  it('asks for a region where there is none', async () => {
    const env = { ...environment(), AWS_REGION: undefined, AWS_CONFIG_FILE: '/dev/null' };
    const { exitCode, stderr } = await runCli(undefined, ['start', 's3://source-1', 's3://destination-1'], '', env);

    expect(stderr).toBe('error: Expected a region: give --region, or set AWS_REGION\n');
    expect(exitCode).toBe(2);
  });

  function stateMachines(...arns: string[]): string[] {
    service.stateMachines = arns;
    return [];
  }
});

describe('Ctrl-C while watching', () => {
  it('ends the watching and not the run, and says how to go on', async () => {
    const task = holdTask('CopyRange');
    const child = startCli(undefined, ['start', ...createPair().urls, '--watch'], environment());
    const result = finished(child);
    await seen(child, /sync: copying/);
    child.kill('SIGINT');

    const { exitCode, stdout, stderr } = await result;

    const { arn, name } = service.newest;
    expect({ exitCode, stdout }).toEqual({ exitCode: 130, stdout: '' });
    expect(stderr).toContain(
      `The run ${name} goes on in AWS. To watch it again, or to stop it:\n  bucketsync watch ${arn}\n`,
    );
    expect(service.requests).not.toContain('StopExecution');
    expect(service.newest.status).toBe('RUNNING');

    task.release();
    expect((await cli('watch')).stdout).toContain('30 objects copied');
  });
});

describe('bucketsync watch', () => {
  it.each<[what: string, run: () => string]>([
    ['the id of a run', () => service.newest.name],
    ['the ARN of an execution', () => service.newest.arn],
  ])('takes %s, and prints the summary of one that has ended', async (_what, run) => {
    await cli('start', ...createPair().urls, '--watch');
    await cli('start', ...createPair().urls, '--no-delete', '--watch');

    const { exitCode, stdout } = await cli('watch', run(), '--json');

    expect(JSON.parse(stdout)).toMatchObject({ totals: { copied: 30, deleted: 0 } });
    expect(exitCode).toBe(0);
  });

  it.each([
    ['a run that does not exist', ['watch', 'no-such-run'], 'Execution Does Not Exist'],
    ['a state machine that never ran', ['watch'], 'has not run yet'],
  ])('refuses %s', async (_what, args, message) => {
    const { exitCode, stdout, stderr } = await cli(...args);

    expect(stderr).toContain(message);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
  });
});

describe('bucketsync stop', () => {
  it('stops the run, which then tells how far it came', async () => {
    const task = holdTask('DeleteRange');
    const started = startCli(undefined, ['start', ...createPair().urls, '--watch', '--json'], environment());
    const watched = finished(started);
    await task.reached;

    const { exitCode, stdout } = await cli('stop', '--cause', 'too early', '--json');
    const { arn, name } = service.newest;
    task.release();

    expect({ exitCode, stopped: JSON.parse(stdout) }).toEqual({
      exitCode: 0,
      stopped: { runId: name, executionArn: arn },
    });
    expect(service.newest.describe()).toMatchObject({
      status: 'ABORTED',
      error: 'InterruptedError',
      cause: 'too early',
    });
    const summary = JSON.parse((await watched).stdout) as RunSummary;
    expect(summary).toMatchObject({ runId: name, status: 'failed', error: { name: 'InterruptedError' } });
    expect(summary.error?.message).toContain('(too early)');
    expect(summary.totals.deleted).toBe(0);
    expect((await watched).exitCode).toBe(1);
  });

  it('says what becomes of the functions at work and of the lock', async () => {
    const task = holdTask('CopyRange');
    await cli('start', ...createPair().urls);
    const { stdout } = await cli('stop');
    task.release();

    expect(stdout).toMatch(/^Stopped .* functions that are at work finish theirs/);
    expect(stdout).toContain('keeps its lock, which the next run takes over');
  });

  it('refuses a run that has ended', async () => {
    await cli('start', ...createPair().urls, '--watch');
    const { exitCode, stderr } = await cli('stop');

    expect(stderr).toContain(`The run ${service.newest.name} has ended already: SUCCEEDED`);
    expect(exitCode).toBe(2);
  });
});

describe('bucketsync history', () => {
  it('lists the newest runs with their counters, failed and stopped ones too', async () => {
    await cli('start', ...createPair().urls, '--watch');
    await cli('start', 's3://no-such-bucket', createPair().urls[1], '--watch');
    const task = holdTask('CopyRange');
    await cli('start', ...createPair().urls);

    const { stdout, exitCode } = await cli('history');
    const listed = await cli('history', '--limit', '2', '--json');
    task.release();

    const [, running = '', failed = '', succeeded = ''] = stdout.split('\n');
    expect(running).toMatch(/ running +\d/);
    expect(failed).toMatch(/ failed +\S+ m?s +0 +0 B +0 +0 +BucketNotFoundError *$/);
    expect(succeeded).toMatch(/ succeeded +\S+ m?s +30 +210 B +1 +0 *$/);
    expect(exitCode).toBe(0);
    const { runs, stateMachineArn } = JSON.parse(listed.stdout) as { runs: object[]; stateMachineArn: string };
    expect(stateMachineArn).toBe(STATE_MACHINE_ARN);
    expect(runs).toMatchObject([
      { runId: service.newest.name, status: 'RUNNING' },
      { status: 'FAILED', totals: { copied: 0 }, error: { name: 'BucketNotFoundError' } },
    ]);
    expect(listed.stderr).toBe('');
  });

  it('has nothing to tell before the first run', async () => {
    expect(await cli('history')).toMatchObject({ exitCode: 0, stdout: 'No run yet\n' });
  });
});
