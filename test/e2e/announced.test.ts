import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { CreateBucketCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { DeleteMessageCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { LONGEST_WAIT_MS } from '../support/longest-wait';
import { connect } from '../support/s3-client';
import { temporaryFolder } from '../support/temporary-folder';
import { runCommand } from './command-line';
import { SERVER_KINDS, type Server, startServer } from './servers';

const POLL_EVERY_MS = 500;
const ALTER_EVERY_MS = 20;

const [kind] = SERVER_KINDS.filter(({ name }) => name === 'ministack');

interface Outputs {
  readonly MessagesUrl: string;
  readonly EventsUrl: string;
  readonly LogGroup: string;
}

type Json = Readonly<Record<string, unknown>>;

/**
 * What others learn of the runs that a schedule starts; each test goes on where the one before has left it. On a busy machine a run
 * may take longer than a minute, so that the next one finds it running and fails.
 */
describe('a deployed mirror with a schedule', () => {
  if (!kind) throw new Error('Expected to know how to start MiniStack');
  const folder = temporaryFolder();
  let server: Server;
  let outputs: Outputs;
  let queues: SQSClient;

  beforeAll(async () => {
    server = await startServer(kind);
    const s3 = connect(server.endpoint);
    for (const Bucket of ['staging', 'production']) await s3.send(new CreateBucketCommand({ Bucket }));
    for (const Key of ['index.html', 'about.html', 'b/c.css'])
      await s3.send(new PutObjectCommand({ Bucket: 'staging', Key, Body: 'content' }));
    const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
    queues = new SQSClient({ endpoint: server.endpoint, region: 'us-east-1', credentials });
    const app = ['--app', 'node --import ./bin/tsx.mjs test/e2e/announced-app.ts', '--output', join(folder, 'cdk.out')];
    await succeed('cdk', ['bootstrap', 'aws://000000000000/us-east-1', ...app]);
    const file = join(folder, 'outputs.json');
    await succeed('cdk', ['deploy', ...app, '--require-approval', 'never', '--outputs-file', file]);
    outputs = JSON.parse(readFileSync(file, 'utf8')).Announced;
  });

  afterAll(async () => {
    queues?.destroy();
    await server?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  async function succeed(command: string, args: readonly string[]): Promise<string> {
    const { exitCode, stdout, stderr } = await runCommand(command, args, server.env);
    if (exitCode !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${exitCode}:\n${stdout}\n${stderr}`);
    return stdout;
  }

  /** Takes messages from a queue until one fits. */
  async function receive(QueueUrl: string, fits: (body: string) => boolean): Promise<string> {
    const deadline = Date.now() + LONGEST_WAIT_MS;
    while (Date.now() < deadline) {
      const { Messages = [] } = await queues.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 2 }));
      for (const { Body = '', ReceiptHandle } of Messages) {
        await queues.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
        if (fits(Body)) return Body;
      }
    }
    throw new Error(`Expected a message in ${QueueUrl} within ${LONGEST_WAIT_MS} ms`);
  }

  const receiveEvent = async (type: string, isWanted: (detail: Json) => boolean = () => true) => {
    const fits = (event: Json) => event['detail-type'] === type && isWanted(event.detail as Json);
    return JSON.parse(await receive(outputs.EventsUrl, (body) => fits(JSON.parse(body)))) as Json;
  };

  /** The metrics of a run, as its function has written them to the log: after the message, and MiniStack shows them when it has ended. */
  async function readMetrics(runId: string): Promise<Json> {
    const args = ['logs', 'filter-log-events', '--log-group-name', outputs.LogGroup, '--output', 'json'];
    const deadline = Date.now() + LONGEST_WAIT_MS;
    while (Date.now() < deadline) {
      const { events = [] } = JSON.parse(await succeed('.venv/bin/aws', args)) as { events?: { message: string }[] };
      const lines = events
        .filter(({ message }) => message.includes('"_aws"'))
        .map(({ message }) => JSON.parse(message));
      const found = lines.find((line) => line.runId === runId);
      if (found) return found;
      await delay(POLL_EVERY_MS);
    }
    throw new Error(`Expected metrics of ${runId} in ${outputs.LogGroup} within ${LONGEST_WAIT_MS} ms`);
  }

  it('tells people and programs of a run that succeeds, and counts it', async () => {
    const message = await receive(outputs.MessagesUrl, (body) => body.startsWith('bucketsync SUCCEEDED'));
    const started = await receiveEvent('BucketSync Run Started');
    const { runId } = started.detail as { runId: string };
    const succeeded = await receiveEvent('BucketSync Run Succeeded', (detail) => detail.runId === runId);

    expect(message).toMatch(/^bucketsync SUCCEEDED s3:\/\/production: 3 objects copied \(21 B\)/);
    expect(message).toContain(`/runs/${runId}/report.html\n`);
    expect(started).toMatchObject({ source: 'bucketsync', detail: { mirror: 's3://production', dryRun: false } });
    expect(succeeded.detail).toMatchObject({ wrote: true, totals: { copied: 3, failed: 0 } });
    expect(await readMetrics(runId)).toMatchObject({ Mirror: 's3://production', RunSucceeded: 1, ObjectsCopied: 3 });
  });

  it('tells what to do if somebody alters a copy before it is verified, and counts no success', async () => {
    const s3 = connect(server.endpoint);
    const altering = new AbortController();
    const writer = (async () => {
      while (!altering.signal.aborted) {
        await s3.send(
          new PutObjectCommand({ Bucket: 'production', Key: 'about.html', Body: 'somebody else wrote this' }),
        );
        await delay(ALTER_EVERY_MS);
      }
    })();

    const message = await receive(outputs.MessagesUrl, (body) => body.includes('(DriftError)'));
    altering.abort();
    await writer;
    const failed = await receiveEvent('BucketSync Run Failed', ({ error }) => (error as Json).name === 'DriftError');
    const { runId } = failed.detail as { runId: string };

    expect(message).toMatch(/^bucketsync FAILED s3:\/\/production: 1 object differs after the run \(DriftError\)\n/);
    expect(message).toContain('\nWhat to do: Find out who else writes to one of the buckets and stop them');
    expect(message).toMatch(/\n {2}Each of them: bucketsync report arn:\S+ --lines differences\n/);
    expect(await readMetrics(runId)).toMatchObject({ RunSucceeded: 0, ObjectsDrifted: 1, error: 'DriftError' });
  });
});
