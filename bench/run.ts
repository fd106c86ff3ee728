import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Command } from 'commander';
import { formatBytes, formatCount, formatDuration } from '../cli/numbers';
import { renderTable } from '../cli/table';
import { startS3Process } from '../local/demo/s3-process';
import type { Measurement } from './measure';
import { SCENARIOS } from './scenarios';

interface Result extends Measurement {
  readonly scenario: string;
  readonly objects: number;
  /** S3 requests by operation, as the server counted them. */
  readonly requests: Readonly<Record<string, number>>;
}

/** One run in a process of its own, against an S3 in another one. */
async function runScenario(scenario: string, objects: number): Promise<Result> {
  await using s3 = await startS3Process(join(__dirname, 'scenarios.ts'), { scenario, objects });
  const env = {
    ...process.env,
    AWS_ENDPOINT_URL_S3: s3.endpoint,
    AWS_ACCESS_KEY_ID: 'bench',
    AWS_SECRET_ACCESS_KEY: 'bench',
    AWS_REGION: 'us-east-1',
    BUCKETSYNC_REPORT_LOCATION: pathToFileURL(mkdtempSync(join(tmpdir(), 'bucketsync-bench-'))).href,
  };
  const child = fork(join(__dirname, 'measure.ts'), { env });
  const exited = once(child, 'exit');
  const failed = exited.then(() => Promise.reject(new Error(`The run of the scenario ${scenario} ended by an error`)));
  const [measurement] = (await Promise.race([once(child, 'message'), failed])) as [Measurement];
  failed.catch(() => {}); // it has measured: now it may exit
  await exited;
  return { scenario, objects, ...measurement, requests: await s3.takeRequests() };
}

function row({ scenario, status, wallMs, objects, peakRssBytes, requests }: Result): string[] {
  const counts = ['ListObjectsV2', 'HeadObject', 'CopyObject', 'DeleteObjects'];
  return [
    `${SCENARIOS[scenario]?.title}${status === 'failed' ? ' (FAILED)' : ''}`,
    formatDuration(wallMs),
    formatCount((objects * 1000) / wallMs),
    ...counts.map((operation) => formatCount(requests[operation] ?? 0)),
    formatBytes(peakRssBytes),
  ];
}

async function main(): Promise<void> {
  const program = new Command('bench')
    .description('Measures runs on this machine against the embedded S3, which answers at once and without limits.')
    .option('--objects <number>', 'objects in the larger bucket', Number, 20_000)
    .option('--scenario <name...>', `which of ${Object.keys(SCENARIOS).join(', ')}`, Object.keys(SCENARIOS))
    .option('--json', 'print the results as one JSON document, and nothing else')
    .parse();
  const { objects, scenario, json } = program.opts<{ objects: number; scenario: string[]; json?: boolean }>();
  const unknown = scenario.find((name) => !(name in SCENARIOS));
  if (unknown !== undefined) program.error(`unknown scenario '${unknown}'`, { exitCode: 2 });
  if (!Number.isSafeInteger(objects) || objects < 1) program.error('--objects must be 1 or more', { exitCode: 2 });

  const results: Result[] = [];
  for (const name of scenario) results.push(await runScenario(name, objects));
  const machine = { cpu: cpus()[0]?.model ?? 'unknown', cores: availableParallelism(), node: process.version };
  if (json) {
    process.stdout.write(`${JSON.stringify({ machine, results }, null, 2)}\n`);
  } else {
    const headings = ['scenario', 'time', 'objects/s', 'list', 'head', 'copy', 'delete', 'memory'];
    process.stdout.write(`${formatCount(objects)} objects, ${machine.cores} cores, Node ${machine.node}\n\n`);
    process.stdout.write(`${renderTable(process.stdout, headings, results.map(row))}\n`);
  }
  process.exitCode = results.every(({ status }) => status === 'succeeded') ? 0 : 1;
}

void main();
