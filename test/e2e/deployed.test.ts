import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { CloudFormationClient, DescribeStacksCommand, type Stack } from '@aws-sdk/client-cloudformation';
import type { RunSummary } from '../../statemachine/contract';
import { LONGEST_WAIT_MS } from '../support/longest-wait';
import { connect } from '../support/s3-client';
import { temporaryFolder } from '../support/temporary-folder';
import { compareStates, fillBucket, listBucket, readBucket } from './buckets';
import { type Finished, runBucketsync, runCommand } from './command-line';
import { SERVER_KINDS, type Server, startServer } from './servers';
import { createSite } from './site';
import { nameStacks } from './stack-names';

const OBJECTS = 10_000;
const POLL_EVERY_MS = 1_000;
const CONTEXT = ['-c', 'source=staging', '-c', 'destination=production'];

/** The only one that takes the CDK command line unchanged and runs Lambda functions. */
const [kind] = SERVER_KINDS.filter(({ name }) => name === 'ministack');

interface Outputs {
  readonly StateMachineArn: string;
  readonly ReportBucketName: string;
  readonly StartCommand: string;
}

interface PastRun {
  readonly runId: string;
  readonly place: string;
  readonly executionArn: string;
  readonly status: string;
  readonly totals?: RunSummary['totals'];
}

/** The life of a stack, from bootstrap to destroy; each test goes on where the one before has left it. */
describe('the deployed mirror', () => {
  if (!kind) throw new Error('Expected to know how to start MiniStack');
  const site = createSite('', kind.refusedKeys, OBJECTS);
  const folder = temporaryFolder();
  const assembly = join(folder, 'cdk.out');
  let server: Server;
  let outputs: Outputs;

  beforeAll(async () => {
    server = await startServer(kind);
  });

  afterAll(async () => {
    await server?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  async function succeed(command: string, args: readonly string[], env = server.env): Promise<string> {
    const { exitCode, stdout, stderr } = await runCommand(command, args, env);
    if (exitCode !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${exitCode}:\n${stdout}\n${stderr}`);
    return stdout;
  }

  const cdk = (...args: string[]) => succeed('cdk', [...args, ...CONTEXT, '--output', assembly]);

  const bucketsync = (...args: string[]): Promise<Finished> => runBucketsync(args, server.env);

  /** The runs in AWS, the newest first. */
  async function listRuns(): Promise<PastRun[]> {
    const { runs } = JSON.parse((await bucketsync('runs', '--json')).stdout) as { runs: PastRun[] };
    return runs.filter(({ place }) => place === 'AWS');
  }

  async function describeStack(): Promise<Stack | undefined> {
    const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
    const client = new CloudFormationClient({ endpoint: server.endpoint, region: 'us-east-1', credentials });
    const { Stacks = [] } = await client.send(new DescribeStacksCommand({}));
    return Stacks.find(({ StackName }) => StackName === 'BucketSync');
  }

  it('is bootstrapped and deployed by `cdk`', async () => {
    await cdk('bootstrap', 'aws://000000000000/us-east-1');
    await cdk('deploy', '--require-approval', 'never', '--outputs-file', join(folder, 'outputs.json'));
    outputs = JSON.parse(readFileSync(join(folder, 'outputs.json'), 'utf8')).BucketSync;

    expect(outputs.StartCommand).toContain(`--state-machine-arn ${outputs.StateMachineArn} `);
  });

  it('has a template that cfn-lint finds nothing wrong with', async () => {
    const template = join(assembly, 'BucketSync.template.json');
    // W3005: the CDK names dependencies that a reference implies as well
    const args = ['--ignore-checks', 'W3005', '--', template];
    const { stdout } = await runCommand('.venv/bin/cfn-lint', args, server.env);

    expect(stdout).toBe('');
  });

  it('has 10,000 objects to mirror, of every kind of key', async () => {
    const s3 = connect(server.endpoint);
    await fillBucket(s3, 'staging', '', site.source);
    await fillBucket(s3, 'production', '', site.destination);

    expect((await listBucket(s3, 'staging')).size).toBe(OBJECTS + site.expected.skippedCopies);
  });

  it('mirrors them with `bucketsync start --watch`', async () => {
    const args = ['s3://staging', 's3://production', '--exclude', site.exclude, '--watch', '--json'];
    const { exitCode, stdout, stderr } = await bucketsync('start', ...args);

    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(JSON.parse(stdout)).toMatchObject({
      status: 'succeeded',
      totals: { copied: site.expected.copied, deleted: site.expected.deleted, failed: 0 },
    });
  });

  it('makes the destination equal to the source', async () => {
    const s3 = connect(server.endpoint);
    const [listed, mirrored] = await Promise.all([listBucket(s3, 'staging'), listBucket(s3, 'production')]);
    const isMirrored = (key: string) => !key.startsWith('keep/');
    expect([...mirrored.keys()].filter(isMirrored).sort()).toEqual([...listed.keys()].filter(isMirrored).sort());

    // headers, tags and content: of every awkward key, and of one plain page in ten
    const sample = (key: string) => isMirrored(key) && !/^pages\/\d+\/page-\d*[1-9]\.html$/.test(key);
    const source = await readBucket(s3, 'staging', '', sample);
    const destination = await readBucket(s3, 'production', '', sample);
    expect(source.size).toBeGreaterThan(1_000);
    expect(compareStates([...source.keys()], source, destination)).toEqual([]);
  });

  it('leaves its report in the report bucket, and no lock', async () => {
    const [{ runId } = { runId: '' }] = await listRuns();
    const kept = [...(await listBucket(connect(server.endpoint), outputs.ReportBucketName)).keys()];

    expect(kept).toEqual(expect.arrayContaining([`runs/${runId}/summary.json`, `runs/${runId}/report.html`]));
    expect(kept.filter((key) => key.startsWith('locks/'))).toEqual([]);
  });

  it('shows what it did with `bucketsync report`', async () => {
    const [{ executionArn } = { executionArn: '' }] = await listRuns();
    const { stdout, ...finished } = await bucketsync('report', executionArn, '--lines', 'actions');

    expect(finished).toMatchObject({ exitCode: 0 });
    const actions = stdout.trim().split('\n');
    expect(actions).toHaveLength(site.expected.copied + site.expected.deleted);
    expect(actions.map((line) => JSON.parse(line).action)).toContain('delete');
  });

  it('has nothing to do when it is started again, as `start --watch` shows', async () => {
    const args = ['start', 's3://staging', 's3://production', '--exclude', site.exclude, '--watch'];
    const { stdout, ...finished } = await bucketsync(...args);

    expect(finished).toMatchObject({ exitCode: 0 });
    expect(stdout).toMatch(/^✔ Mirrored in .*\n {2}nothing copied or deleted, 10,000 already the same, 3 left out\n/);
  });

  it('rejects a bucket that it was not deployed for, and says so', async () => {
    const { exitCode, stdout } = await bucketsync('start', 's3://staging', 's3://elsewhere', '--watch');

    expect(exitCode).toBe(1);
    expect(stdout).toContain('is deployed for, s3://staging/ → s3://production/, got s3://elsewhere/');
  });

  it('is started with the command of the outputs, and read with `aws stepfunctions describe-execution`', async () => {
    // as in a shell: what is between quotes is one argument
    const words = [...outputs.StartCommand.matchAll(/'([^']*)'|(\S+)/g)].map(
      ([, quoted, plain]) => quoted ?? plain ?? '',
    );
    const { executionArn } = JSON.parse(await succeed('.venv/bin/aws', words.slice(1)));
    await succeed('npm', ['run', '-s', 'bucketsync', '--', 'watch', executionArn]);
    const describe = ['stepfunctions', 'describe-execution', '--execution-arn', executionArn];
    const { status, output } = JSON.parse(await succeed('.venv/bin/aws', describe));

    expect(status).toBe('SUCCEEDED');
    // what the runs before have left out
    expect(JSON.parse(output)).toMatchObject({ status: 'succeeded', totals: { copied: 2, deleted: 1, failed: 0 } });
  });

  it('can be updated with notifications and a schedule, which starts a run by itself', async () => {
    const before = (await listRuns()).length;
    await cdk(
      'deploy',
      '--app',
      'node --import ./bin/tsx.mjs test/e2e/scheduled-app.ts',
      '--require-approval',
      'never',
    );
    const deadline = Date.now() + LONGEST_WAIT_MS;
    const startedSince = async () => (await listRuns()).slice(0, -before);
    let runs = await startedSince();
    while (runs.at(-1)?.status !== 'succeeded' && Date.now() < deadline) {
      await delay(POLL_EVERY_MS);
      runs = await startedSince();
    }

    expect((await describeStack())?.StackStatus).toBe('UPDATE_COMPLETE');
    expect(runs.at(-1)).toMatchObject({ status: 'succeeded', totals: { copied: 0, deleted: 0, unchanged: 20_004 } });
  });

  it('is destroyed by `cdk` without its settings, except for the buckets that hold data', async () => {
    const stacks = await nameStacks(server.endpoint);
    await succeed('cdk', ['destroy', '--force', '--app', assembly], {
      ...server.env,
      AWS_ENDPOINT_URL: stacks.endpoint,
    });
    stacks.stop();
    const s3 = connect(server.endpoint);

    expect(await describeStack()).toBeUndefined();
    expect((await listBucket(s3, 'production')).size).toBe((await listBucket(s3, 'staging')).size);
  });
});
