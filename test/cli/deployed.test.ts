import type { RunSummary } from '../../statemachine/contract';
import { useMirror } from '../support/mirror';
import { STATE_MACHINE_ARN } from '../support/step-functions';
import { finished, seen, startCli } from './command-line';
import { Deployed } from './deployed';

const mirror = useMirror();
const deployed = new Deployed(mirror);
const { cli, createPair, environment, holdTask } = deployed;

describe('Ctrl-C while watching', () => {
  it('ends the watching and not the run, and says how to go on', async () => {
    const task = holdTask('CopyRange', 'writing');
    const child = startCli(undefined, ['start', ...createPair().urls, '--watch'], environment());
    const result = finished(child);
    await seen(child, /\d copying what/);
    child.kill('SIGINT');

    const { exitCode, stdout, stderr } = await result;

    const { arn, name } = deployed.service.newest;
    expect({ exitCode, stdout }).toEqual({ exitCode: 130, stdout: '' });
    expect(stderr).toContain(
      `The run ${name} continues in AWS. To watch it again, or to stop it:\n  bucketsync watch ${arn}\n`,
    );
    expect(deployed.service.requests).not.toContain('StopExecution');
    expect(deployed.service.newest.status).toBe('RUNNING');

    task.release();
    expect((await cli('watch')).stdout).toContain('30 objects copied');
  });

  it('ends the watching even if Step Functions does not answer', async () => {
    const { service } = deployed;
    holdTask('CopyRange', 'writing');
    const child = startCli(undefined, ['start', ...createPair().urls, '--watch'], environment());
    const result = finished(child);
    await seen(child, /\d copying what/);
    const isAsked = service.asked();
    service.silent = true;
    await isAsked;
    child.kill('SIGTERM');

    expect(await result).toMatchObject({ exitCode: 143, stdout: '' });
  });
});

describe('bucketsync watch', () => {
  it.each<[what: string, run: () => string]>([
    ['the id of a run', () => deployed.service.newest.name],
    ['the ARN of an execution', () => deployed.service.newest.arn],
  ])('accepts %s, and prints the summary of a run that has ended', async (_what, run) => {
    await cli('start', ...createPair().urls, '--watch');
    await cli('start', ...createPair().urls, '--no-delete', '--watch');

    const { exitCode, stdout } = await cli('watch', run(), '--json');

    expect(JSON.parse(stdout)).toMatchObject({ totals: { copied: 30, deleted: 0 } });
    expect(exitCode).toBe(0);
  });

  it.each([
    ['a run that does not exist', ['watch', 'no-such-run'], 'Execution Does Not Exist'],
    ['a state machine that never ran', ['watch'], 'has not run yet'],
  ])('rejects %s', async (_what, args, message) => {
    const { exitCode, stdout, stderr } = await cli(...args);

    expect(stderr).toContain(message);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
  });
});

describe('bucketsync stop', () => {
  it('stops the run, which then says how far it came', async () => {
    const task = holdTask('DeleteRange');
    const started = startCli(undefined, ['start', ...createPair().urls, '--watch', '--json'], environment());
    const watched = finished(started);
    await task.reached;

    const { exitCode, stdout } = await cli('stop', '--cause', 'too early', '--json');
    const { arn, name } = deployed.service.newest;
    task.release();

    expect({ exitCode, stopped: JSON.parse(stdout) }).toEqual({
      exitCode: 0,
      stopped: { runId: name, executionArn: arn },
    });
    expect(deployed.service.newest.describe()).toMatchObject({
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

  it('says what happens to running functions and to the lock', async () => {
    const task = holdTask('CopyRange');
    await cli('start', ...createPair().urls);
    const { stdout } = await cli('stop');
    task.release();

    expect(stdout).toMatch(/^Stopped .* Functions that are running finish theirs/);
    expect(stdout).toContain('keeps its lock. The next run takes over the lock');
  });

  it('rejects a run that has ended', async () => {
    await cli('start', ...createPair().urls, '--watch');
    const { exitCode, stderr } = await cli('stop');

    expect(stderr).toContain(`The run ${deployed.service.newest.name} has already ended: SUCCEEDED`);
    expect(exitCode).toBe(2);
  });
});

describe('bucketsync runs', () => {
  it('lists the newest runs with their counters, failed and stopped ones too', async () => {
    await cli('start', ...createPair().urls, '--watch');
    await cli('start', 's3://no-such-bucket', createPair().urls[1], '--watch');
    const task = holdTask('CopyRange');
    await cli('start', ...createPair().urls);

    const { stdout, exitCode } = await cli('runs');
    const listed = await cli('history', '--limit', '2', '--json');
    task.release();

    const [, running = '', failed = '', succeeded = ''] = stdout.split('\n');
    expect(running).toMatch(/ running +\d/);
    expect(failed).toMatch(/ BucketNotFoundError +\S+ m?s +0 +0 B +0 +0 *$/);
    expect(succeeded).toMatch(/ succeeded +\S+ m?s +30 +210 B +1 +0 *$/);
    expect(exitCode).toBe(0);
    const { runs, stateMachineArn } = JSON.parse(listed.stdout) as { runs: object[]; stateMachineArn: string };
    expect(stateMachineArn).toBe(STATE_MACHINE_ARN);
    expect(runs).toMatchObject([
      { runId: deployed.service.newest.name, status: 'running' },
      { status: 'failed', totals: { copied: 0 }, error: { name: 'BucketNotFoundError' } },
    ]);
    expect(listed.stderr).toBe('');
  });

  it('has nothing to tell before the first run', async () => {
    expect(await cli('runs')).toMatchObject({ exitCode: 0, stdout: 'No run yet\n' });
  });
});
