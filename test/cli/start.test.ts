import { parseDeployedMirror } from '../../statemachine/input/deployed-mirrors';
import { contentsOf } from '../support/contents';
import { useMirror } from '../support/mirror';
import { STATE_MACHINE_ARN } from '../support/step-functions';
import { runCli as runCliAtLength } from './cli-at-length';
import { finished, runCli, seen, startCli } from './command-line';
import { Deployed } from './deployed';

const mirror = useMirror();
const deployed = new Deployed(mirror);
const { cli, createPair, environment, holdTask } = deployed;

/** For commands that start no Task: Tasks run in this process, too, whose environment such a command would change. */
const cliWithoutTasks = (...args: string[]) => runCliAtLength(undefined, args, '', environment());

/** What no two runs have in common. */
function withoutTimes(text: string): string {
  return text
    .replace(/ in [\d.]+ m?s \(run [\da-f]{8}\)\n/, ' in a while\n')
    .replace(/ {2}(Speed|On AWS|Report| {6,}not included:) .*\n/g, '');
}

describe('bucketsync start', () => {
  it('starts the state machine of the stack with the input that `run` would have', async () => {
    const { urls, source, destination } = createPair();

    const options = ['--exclude', '*.tmp', '--max-deletes', '10%', '--no-delete', '--json'];
    const { exitCode, stdout, stderr } = await cli('start', `${urls[0]}/a`, `${urls[1]}/b`, ...options);

    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    const { arn, name, input } = deployed.service.newest;
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
    expect(deployed.service.requests).toEqual(['ListStackResources', 'StartExecution']);
  });

  it.each<[args: string[], input: object, what: string]>([
    [[], {}, 'the deployed mirror'],
    [['--dry-run', '--exclude', '*.tmp'], { dryRun: true, exclude: ['*.tmp'] }, 'the deployed mirror'],
    [['--prefix', 'site/news'], { prefix: 'site/news' }, 'the deployed mirror, only site/news'],
    [
      ['--keys-from', 's3://reports/keys/list.jsonl'],
      { keys: 's3://reports/keys/list.jsonl' },
      'the deployed mirror, only the keys in s3://reports/keys/list.jsonl',
    ],
    [
      ['s3://staging', 's3://production'],
      { source: 'staging', destination: 'production' },
      's3://staging → s3://production',
    ],
  ])('uses the deployed value of each field that %j does not set', async (args, input, what) => {
    deployed.service.runOptions = { around: async () => ({}) };

    const { exitCode, stdout, stderr } = await cliWithoutTasks('start', ...args);

    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(JSON.parse(deployed.service.newest.input)).toEqual(input);
    expect(stdout).toContain(`Started ${deployed.service.newest.name}: ${what}`);
  });

  it('runs the deployed mirror to its end, and lets nobody do more', async () => {
    const { input, destination } = createPair();
    destination.put('kept', 'x');
    const mirrors = [parseDeployedMirror({ ...input, exclude: ['kept'], maxDeletes: 1 })];
    deployed.service.runOptions = { host: { mirrors } };

    const run = await cli('start', '--watch');
    const refused = await cli('start', '--max-deletes', '2', '--watch');

    expect(run.stdout).toContain('30 objects copied (210 B), 1 deleted');
    expect(refused.stdout).toContain(
      'Expected `--max-deletes` to be no more than what this state machine is deployed with, 1',
    );
    expect([run.exitCode, refused.exitCode]).toEqual([0, 2]);
  });

  it('applies a plan of AWS by as much of its id as `plan` prints', async () => {
    const { input, source, destination } = createPair();
    deployed.service.runOptions = { host: { mirrors: [parseDeployedMirror({ ...input })] } };
    const { runId } = JSON.parse((await cli('start', '--dry-run', '--watch', '--json')).stdout);

    const { exitCode, stdout } = await cli('start', '--apply', runId.slice(0, 8), '--watch');

    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: expect.stringContaining('30 objects copied') });
    expect(contentsOf(destination)).toEqual(contentsOf(source));
  });

  it.each<[settings: object, orphans: number, options: string]>([
    [{ exclude: ['9'], maxDeletes: 1, newerThan: '36500d' }, 1, ''],
    [{ exclude: ['9'] }, 101, ' --max-deletes 101'],
  ])(
    'prints the command that applies a plan of AWS: deployed with %j, %i orphans',
    async (settings, orphans, options) => {
      const { input, destination } = createPair();
      for (let index = 1; index < orphans; index++) destination.put(`orphan-${index}`, 'x');
      deployed.service.runOptions = { host: { mirrors: [parseDeployedMirror({ ...input, ...settings })] } };
      const planned = await cli('start', '--dry-run', '--watch');
      const [, command = ''] = /To do exactly this: bucketsync (apply .*)\n/.exec(planned.stdout) ?? [];

      const { exitCode } = await cli(...command.split(' '));
      await deployed.service.newest.ended;

      expect(command).toMatch(new RegExp(`^apply arn:\\S+:execution:\\S+${options}$`));
      expect(exitCode).toBe(0);
      expect(contentsOf(destination).size).toBe(29);
    },
  );

  it('starts one run even if the answer was lost and the request is repeated', async () => {
    deployed.service.lostAnswers = 1;

    const { exitCode, stdout } = await cli(
      'start',
      ...createPair().urls,
      '--state-machine',
      STATE_MACHINE_ARN,
      '--json',
    );

    expect(exitCode).toBe(0);
    expect(deployed.service.requests).toEqual(['StartExecution', 'StartExecution']);
    expect(deployed.service.executions.map(({ name }) => name)).toEqual([JSON.parse(stdout).runId]);
  });

  it('says how to go on with the run', async () => {
    const { stdout } = await cli('start', ...createPair().urls);

    const { arn, name } = deployed.service.newest;
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

  it('--watch shows what the run does', async () => {
    const task = holdTask('CopyRange', 'writing');
    const child = startCli(undefined, ['start', ...createPair().urls, '--watch'], environment());
    const result = finished(child);
    await seen(child, /^\d\d:\d\d:\d\d copying what is missing or changed, deleting orphans\n/m);
    task.release();

    expect((await result).stdout).toContain('30 objects copied');
  });

  it.each(['its own plan', 'the plan of an earlier run'])('--watch shows how much is done of %s', async (which) => {
    const { urls } = createPair();
    const isApplied = which !== 'its own plan';
    const { runId } = JSON.parse((await cli('start', ...urls, '--dry-run', '--watch', '--json')).stdout);
    const task = holdTask('CopyRange', 'writing');
    const apply = isApplied ? ['--apply', runId] : [];
    const child = startCli(undefined, ['start', ...urls, ...apply, '--watch', '--progress', 'json'], environment());
    const result = finished(child);

    // 30 copies and a delete: the function that copies is held. Of an earlier plan no bytes are known
    const [bytes, percent] = isApplied ? ['', 3] : ['"copiedBytes":210,', 0];
    await seen(
      child,
      new RegExp(`"deleted":1,.*"planned":{"copies":30,${bytes}"deletes":1},.*"percent":${percent}\\b`),
    );
    task.release();

    expect((await result).exitCode).toBe(0);
  });

  it('--watch shows an error that is retried', async () => {
    let failures = 0;
    deployed.service.runOptions = {
      around: async (task, _input, invoke) => {
        if (task !== 'AdvanceCopy' || failures++ > 0) return invoke();
        throw Object.assign(new Error('no "answer"'), { name: 'ListingError' });
      },
    };

    const { exitCode, stderr } = await cli('start', ...createPair().urls, '--watch');

    expect(stderr).toContain('AdvanceCopy failed: ListingError: no "answer"\n');
    expect(exitCode).toBe(0);
  });

  it('--watch shows control characters in an error as codes', async () => {
    let failed = false;
    deployed.service.runOptions = {
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

  it('ends with 1 and the whole summary if the run fails', async () => {
    const { urls } = createPair();
    mirror.s3.onRequest = ({ operation, key }) =>
      operation === 'CopyObject' && key === '7' ? { status: 403, code: 'AccessDenied' } : undefined;

    const { exitCode, stdout } = await cli('start', ...urls, '--watch');

    expect(stdout).toContain('29 objects copied (203 B), 1 deleted, 1 failed');
    expect(stdout).toMatch(
      /SyncIncompleteError: .*\n {2}"7"\nWhat to do: Remove the reasons, then try these objects again\.\n {2}Only these objects:\n {4}bucketsync retry arn:/,
    );
    expect(exitCode).toBe(1);
  });

  it.each([
    ['a field of the wrong type', ['--max-concurrency', '0'], 'Expected --max-concurrency to be 1 or more'],
    ['an unknown option', ['--max-delete', '5'], "unknown option '--max-delete'"],
    ['no ARN of a state machine', ['--state-machine', 'BucketSync'], 'Expected --state-machine to be the ARN'],
  ])('rejects before it sends anything to AWS: %s', async (_what, options, message) => {
    const { exitCode, stdout, stderr } = await cliWithoutTasks(
      'start',
      's3://source-1',
      's3://destination-1',
      ...options,
      '--json',
    );

    expect(stderr).toContain(message);
    expect(JSON.parse(stdout)).toMatchObject({
      status: 'failed',
      error: { name: 'InvalidInputError', message: expect.stringContaining(message) },
    });
    expect({ exitCode, requests: deployed.service.requests }).toEqual({ exitCode: 2, requests: [] });
  });

  it.each<[what: string, arrange: () => string[], message: string]>([
    ['a stack that does not exist', () => ['--stack', 'Other'], 'There is no stack Other in us-east-1'],
    ['a stack without a state machine', () => stateMachines(), 'to have one state machine, got none'],
    [
      'a stack with two',
      () => stateMachines('arn:one', 'arn:two'),
      'got 2: choose one with --state-machine:\narn:one\narn:two',
    ],
  ])('rejects %s', async (_what, arrange, message) => {
    const { exitCode, stdout, stderr } = await cliWithoutTasks(
      'start',
      's3://source-1',
      's3://destination-1',
      ...arrange(),
    );

    expect(stderr).toContain(message);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
  });

  it.each(['start', 'watch', 'runs'])('finds the only stack by itself, whatever its name: %s', async (verb) => {
    await cli('start', ...createPair().urls, '--watch');
    deployed.service.stacks = ['BucketSyncDemo'];
    deployed.service.requests.length = 0;
    const { exitCode, stderr } = await cli(...(verb === 'start' ? [verb, ...createPair().urls] : [verb]));

    expect({ exitCode, stderr }).toMatchObject({ exitCode: 0, stderr: expect.not.stringContaining('error') });
    expect(deployed.service.requests.slice(0, 3)).toEqual([
      'ListStackResources',
      'DescribeStacks',
      'ListStackResources',
    ]);
  });

  it('takes the stack of the usual name without a look at others', async () => {
    deployed.service.stacks = ['Other', 'BucketSync'];
    expect(await cli('start', ...createPair().urls)).toMatchObject({ exitCode: 0 });
    expect(deployed.service.requests).toEqual(['ListStackResources', 'StartExecution']);
  });

  it.each([
    [['Backup', 'Website2'], false, 'got 2: choose one with --stack:\n  Backup\n  Website2\n'],
    [[], false, 'There is no stack BucketSync in us-east-1: deploy it'],
    [['Backup'], true, 'There is no stack BucketSync in us-east-1: deploy it'],
  ])('asks which stack is meant if it cannot tell: of %j, hidden: %s', async (stacks, hidesStacks, message) => {
    Object.assign(deployed.service, { stacks, hidesStacks });
    const { exitCode, stderr } = await cliWithoutTasks('start', 's3://source-1', 's3://destination-1');

    expect(stderr).toContain(message);
    expect(exitCode).toBe(2);
  });

  it('needs no stack and no region if the ARN is given', async () => {
    const { urls } = createPair();
    const args = ['start', ...urls, '--state-machine', STATE_MACHINE_ARN];
    const { exitCode } = await runCli(undefined, args, '', { ...environment(), AWS_REGION: undefined });

    expect({ exitCode, requests: deployed.service.requests }).toEqual({ exitCode: 0, requests: ['StartExecution'] });
  });

  it('asks for a region if there is none', async () => {
    const env = { ...environment(), AWS_REGION: undefined, AWS_CONFIG_FILE: '/dev/null' };
    const { exitCode, stderr } = await runCli(undefined, ['start', 's3://source-1', 's3://destination-1'], '', env);

    expect(stderr).toBe('error: Expected a region: add --region, or set AWS_REGION\n');
    expect(exitCode).toBe(2);
  });

  function stateMachines(...arns: string[]): string[] {
    deployed.service.stateMachines = arns;
    return [];
  }
});
