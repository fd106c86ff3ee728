import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Command } from 'commander';
import { runLocally } from '../../local/run-locally';
import { createTemporaryFolder } from '../../local/temporary-folder';
import { ENVIRONMENT } from '../../statemachine/contract';
import { formatCount, formatDuration } from '../../wording/numbers';
import { Child } from '../frame/child';
import type { Suite, Verdict } from '../frame/suite';
import { DESTINATION, SOURCE } from '../peers/cases';
import type { Fill, Load } from './s3-server';

const LIMITS = [50, 100, 400, 1000] as const;
const QUICK_SECONDS = 5;
const LEAST_SHARE = 0.9;

interface Options {
  readonly seconds: number;
  readonly quick?: boolean;
}

export interface LoadRun extends Load {
  /** Copies that the server lets through in a second. */
  readonly limit: number;
  readonly objects: number;
  readonly failed: number;
  readonly elapsedMs: number;
}

export interface LoadResults {
  /** That each run takes at best. */
  readonly seconds: number;
  readonly runs: readonly LoadRun[];
}

export const load: Suite<LoadResults, Options> = {
  name: 'load',
  summary: 'a server that copies so many objects a second and answers 503 to all others',
  addOptions: (command: Command) =>
    command
      .option('--seconds <number>', 'that each run takes at best', Number, 30)
      .option('--quick', 'shorter runs: does everything work?'),
  measure,
  tables: ({ runs }) => [
    {
      title: 'Small objects, copied from here by one process',
      headings: ['allowed/s', 'copied/s', 'share', 'objects', 'failed', 'refused requests', 'time'],
      rows: runs.map(({ limit, copiesPerSecond, objects, failed, refused, elapsedMs }) => [
        formatCount(limit),
        copiesPerSecond.toFixed(0),
        `${((copiesPerSecond / limit) * 100).toFixed(0)} %`,
        formatCount(objects),
        formatCount(failed),
        formatCount(refused),
        formatDuration(elapsedMs),
      ]),
      labels: 0,
    },
  ],
  judge: ({ runs, seconds }) => runs.flatMap((run) => judgeRun(run, seconds)),
};

async function measure({ seconds: asked, quick }: Options, log: (line: string) => void): Promise<LoadResults> {
  const seconds = quick ? QUICK_SECONDS : asked;
  const runs: LoadRun[] = [];
  for (const limit of LIMITS) {
    const run = await measureRun(limit, limit * seconds);
    log(`${limit} a second allowed: ${run.copiesPerSecond.toFixed(0)}, ${run.failed} failed`);
    runs.push(run);
  }
  return { seconds, runs };
}

async function measureRun(limit: number, objects: number): Promise<LoadRun> {
  await using server = new Child(join(__dirname, 's3-server.ts'));
  const fill: Fill = { objects, copiesPerSecond: limit };
  const { endpoint } = await server.ask<{ endpoint: string }>(fill);
  using reports = createTemporaryFolder('load');
  const env = {
    ...process.env,
    AWS_ENDPOINT_URL_S3: endpoint,
    AWS_ACCESS_KEY_ID: 'bench',
    AWS_SECRET_ACCESS_KEY: 'bench',
    AWS_REGION: 'us-east-1',
    [ENVIRONMENT.reportLocation]: pathToFileURL(reports.path).href,
  };
  const { totals, elapsedMs } = await runLocally({ source: SOURCE, destination: DESTINATION }, { env });
  return { limit, objects, failed: totals.failed, elapsedMs, ...(await server.ask<Load>({})) };
}

function judgeRun({ limit, failed, copiesPerSecond }: LoadRun, seconds: number): Verdict[] {
  const whole = {
    claim: `${limit} copies a second allowed: no object failed`,
    holds: failed === 0,
    measured: `${failed}`,
  };
  if (seconds <= QUICK_SECONDS) return [whole];
  const share = copiesPerSecond / limit;
  const claim = `${limit} copies a second allowed: at least ${LEAST_SHARE * 100} % of them used`;
  return [whole, { claim, holds: share >= LEAST_SHARE, measured: `${(share * 100).toFixed(0)} %` }];
}
