import { join } from 'node:path';
import type { Command } from 'commander';
import { createTemporaryFolder } from '../../local/temporary-folder';
import { formatDuration } from '../../wording/numbers';
import { formatS3Url } from '../../wording/s3-url';
import { Child } from '../frame/child';
import { readOutput, runMeasured, type Usage } from '../frame/run-measured';
import type { Suite, Verdict } from '../frame/suite';
import { bucketsync } from '../peers/tools/bucketsync';
import { CREDENTIALS } from '../peers/tools/tool';
import { type Begin, BUCKET, type Seen } from './s3-server';

const MIB = 1024 ** 2;
const PARTS_PER_GIB = 128;
const SIZES_GIB = [1, 2, 4] as const;
const QUICK_SIZES_GIB = [0.0625, 0.125] as const;
/** How much more memory the largest object may take than the smallest. */
const MOST_GROWTH = 1.25;

interface Options {
  readonly quick?: boolean;
}

export interface StreamRun extends Omit<Usage, 'exitCode'> {
  readonly gib: number;
  /** Of both servers. */
  readonly serverCpuMs: number;
}

export interface StreamResults {
  readonly runs: readonly StreamRun[];
}

export const stream: Suite<StreamResults, Options> = {
  name: 'stream',
  summary: 'one large object from one S3 to another, through this machine',
  addOptions: (command: Command) => command.option('--quick', 'small objects: does everything work?'),
  measure,
  tables: ({ runs }) => [
    {
      title: 'One object in parts of 8 MiB, from one server to another',
      headings: ['GiB', 'time', 'MiB/s', 'CPU', 'CPU/GiB', 'most memory', 'servers’ CPU'],
      rows: runs.map(({ gib, wallMs, cpuMs, peakBytes, serverCpuMs }) => [
        String(gib),
        formatDuration(wallMs),
        ((gib * 1024) / (wallMs / 1000)).toFixed(0),
        formatDuration(cpuMs),
        formatDuration(cpuMs / gib),
        `${(peakBytes / MIB).toFixed(0)} MiB`,
        formatDuration(serverCpuMs),
      ]),
      labels: 0,
    },
  ],
  judge,
};

async function measure({ quick }: Options, log: (line: string) => void): Promise<StreamResults> {
  const folder = await bucketsync.prepare(log);
  const runs: StreamRun[] = [];
  for (const gib of quick ? QUICK_SIZES_GIB : SIZES_GIB) {
    const run = await measureRun(folder, gib);
    log(`${gib} GiB: ${formatDuration(run.wallMs)}, ${(run.peakBytes / MIB).toFixed(0)} MiB`);
    runs.push(run);
  }
  return { runs };
}

/** @throws Error  the copy is not the object */
async function measureRun(folder: string, gib: number): Promise<StreamRun> {
  using temporary = createTemporaryFolder('stream');
  const scratch = temporary.path;
  await using source = new Child(join(__dirname, 's3-server.ts'));
  await using destination = new Child(join(__dirname, 's3-server.ts'));
  const begin = async (server: Child, parts: number) =>
    (await server.ask<{ endpoint: string }>({ parts } satisfies Begin)).endpoint;
  const sides = ['--source-endpoint-url', await begin(source, gib * PARTS_PER_GIB)];
  sides.push('--destination-endpoint-url', await begin(destination, 0));
  const args = ['run', formatS3Url(BUCKET), formatS3Url(BUCKET), ...sides, '--report-location', scratch, '--json'];
  const file = join(folder, 'bin/bucketsync.js');
  const command = { file: process.execPath, args: [file, ...args], env: CREDENTIALS };
  const { exitCode, ...usage } = await runMeasured(command, scratch);
  if (exitCode !== 0) throw new Error(`Expected exit code 0, got ${exitCode}: ${readOutput(scratch)}`);
  const [there, here] = [await source.ask<Seen>({}), await destination.ask<Seen>({})];
  if (there.eTag !== here.eTag || there.sizeBytes !== here.sizeBytes) {
    throw new Error(`Expected a copy of ${there.eTag}, got ${here.eTag} with ${here.sizeBytes} bytes`);
  }
  return { gib, ...usage, serverCpuMs: there.cpuMs + here.cpuMs };
}

function judge({ runs }: StreamResults): Verdict[] {
  const [smallest, largest] = [runs[0], runs.at(-1)];
  if (!smallest || !largest || smallest.gib < 1) return [];
  const growth = largest.peakBytes / smallest.peakBytes;
  const claim = `an object of ${largest.gib} GiB takes at most ${MOST_GROWTH} times the memory of one of ${smallest.gib} GiB`;
  return [{ claim, holds: growth <= MOST_GROWTH, measured: growth.toFixed(2) }];
}
