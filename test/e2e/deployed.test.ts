import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import {
  DescribeExecutionCommand,
  type DescribeExecutionOutput,
  GetExecutionHistoryCommand,
  SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import type { RunSummary } from '../../statemachine/contract';
import { connect } from '../support/s3-client';
import { compareStates, fillBucket, listBucket, readBucket } from './buckets';
import { runCommand } from './command-line';
import { SERVER_KINDS, type Server, startServer } from './servers';
import { createSite } from './site';

jest.setTimeout(180_000);

const POLL_EVERY_MS = 250;
const EXECUTION_WITHIN_MS = 120_000;

/** The only one that takes the CDK command line unchanged and runs Lambda functions. */
const [kind] = SERVER_KINDS.filter(({ name }) => name === 'ministack');

interface Outputs {
  readonly StateMachineArn: string;
  readonly ReportBucketName: string;
  readonly StartCommand: string;
}

describe('the deployed state machine', () => {
  if (!kind) throw new Error('Expected to know how to start MiniStack');
  const site = createSite('', kind.refusedKeys);
  const folder = mkdtempSync(join(tmpdir(), 'bucketsync-deployed-'));
  let server: Server;
  let outputs: Outputs;
  let first: DescribeExecutionOutput;

  beforeAll(async () => {
    server = await startServer(kind);
    await cdk('bootstrap', 'aws://000000000000/us-east-1');
    await cdk('deploy', '--require-approval', 'never', '--outputs-file', join(folder, 'outputs.json'));
    outputs = JSON.parse(readFileSync(join(folder, 'outputs.json'), 'utf8')).BucketSync;
    const s3 = connect(server.endpoint);
    await fillBucket(s3, 'staging', '', site.source);
    await fillBucket(s3, 'production', '', site.destination);
    first = await execute({ source: 'staging', destination: 'production', exclude: [site.exclude] });
  });

  afterAll(async () => {
    await server?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  async function cdk(...args: string[]): Promise<void> {
    const context = ['-c', 'source=staging', '-c', 'destination=production', '--output', join(folder, 'cdk.out')];
    const finished = await runCommand('cdk', [...args, ...context], server.env);
    if (finished.exitCode !== 0) throw new Error(`cdk ${args.join(' ')} failed:\n${finished.stderr}`);
  }

  async function execute(input: object): Promise<DescribeExecutionOutput> {
    const sfn = connectStepFunctions(server);
    const started = { stateMachineArn: outputs.StateMachineArn, input: JSON.stringify(input) };
    const { executionArn } = await sfn.send(new StartExecutionCommand(started));
    const deadline = Date.now() + EXECUTION_WITHIN_MS;
    for (;;) {
      const execution = await sfn.send(new DescribeExecutionCommand({ executionArn }));
      if (execution.status !== 'RUNNING') return execution;
      if (Date.now() > deadline) throw new Error(`${executionArn} still runs after ${EXECUTION_WITHIN_MS} ms`);
      await delay(POLL_EVERY_MS);
    }
  }

  it('is told about by the outputs of the stack', () => {
    expect(outputs.StartCommand).toContain(`--state-machine-arn ${outputs.StateMachineArn} `);
  });

  it('succeeds and puts out the summary', () => {
    expect(first).toMatchObject({ status: 'SUCCEEDED' });
    expect(summaryOf(first)).toMatchObject({
      status: 'succeeded',
      totals: { copied: site.expected.copied, deleted: site.expected.deleted, failed: 0 },
    });
  });

  it('makes the destination equal to the source', async () => {
    const s3 = connect(server.endpoint);
    const source = await readBucket(s3, 'staging', '');
    const destination = await readBucket(s3, 'production', '');
    const mirrored = [...source.keys()].filter((key) => !key.startsWith('keep/'));

    expect([...destination.keys()].filter((key) => !key.startsWith('keep/')).sort()).toEqual(mirrored.sort());
    expect(compareStates(mirrored, source, destination)).toEqual([]);
  });

  it('leaves its report in the report bucket, and no lock', async () => {
    const { runId } = summaryOf(first);
    const kept = [...(await listBucket(connect(server.endpoint), outputs.ReportBucketName)).keys()];

    expect(kept).toContain(`runs/${runId}/summary.json`);
    expect(kept.filter((key) => key.startsWith('locks/'))).toEqual([]);
  });

  it('has nothing to do when it is started again', async () => {
    const second = await execute({ source: 'staging', destination: 'production', exclude: [site.exclude] });

    expect(summaryOf(second)).toMatchObject({ status: 'succeeded', totals: { copied: 0, deleted: 0, failed: 0 } });
  });

  it('refuses a bucket that it was not deployed for, and says so', async () => {
    const refused = await execute({ source: 'staging', destination: 'another-bucket' });

    expect(refused.status).toBe('FAILED');
    expect(await readHistory(refused)).toContain(
      'to be what this state machine was deployed for, s3://production/, got s3://another-bucket/',
    );
  });

  /** What the states handed on: MiniStack knows neither `CausePath` nor a cause in DescribeExecution. */
  async function readHistory({ executionArn }: DescribeExecutionOutput): Promise<string> {
    const { events } = await connectStepFunctions(server).send(new GetExecutionHistoryCommand({ executionArn }));
    return JSON.stringify(events);
  }
});

function connectStepFunctions({ endpoint }: Server): SFNClient {
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  return new SFNClient({ endpoint, region: 'us-east-1', credentials });
}

function summaryOf({ output }: DescribeExecutionOutput): RunSummary {
  return JSON.parse(output ?? 'null');
}
