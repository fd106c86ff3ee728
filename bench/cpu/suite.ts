import { join } from 'node:path';
import type { Command } from 'commander';
import { formatCount } from '../../wording/numbers';
import { Child } from '../frame/child';
import type { Suite, Verdict } from '../frame/suite';
import type { Fill } from './s3-server';
import type { Walk, Walked } from './walk-range';

const MOST_CPU_MS = 4;
const LEAST_RATIO = 5;
const QUICK_OBJECTS = 5000;

interface Options {
  readonly objects: number;
  readonly quick?: boolean;
}

export interface CpuResults {
  /** In each of the two buckets. */
  readonly objects: number;
  /** CPU milliseconds for 1,000 keys that are compared: two list pages, one of each bucket. */
  readonly cpuMsPer1000Keys: number;
  /** The same where the SDK sends the requests and reads the pages. */
  readonly sdkCpuMsPer1000Keys: number;
  readonly walks: Readonly<Record<Walk['reader'], Walked>>;
}

export const cpu: Suite<CpuResults, Options> = {
  name: 'cpu',
  summary: 'CPU time for each 1,000 keys of a bucket in which nothing has changed',
  addOptions: (command: Command) =>
    command
      .option('--objects <number>', 'in each bucket', Number, 200_000)
      .option('--quick', 'fewer objects: does everything work?'),
  measure,
  tables: ({ objects, walks, ...results }) => [
    {
      title: `${formatCount(objects)} objects in each bucket, all of them the same`,
      headings: ['list pages are read by', 'CPU ms for 1,000 keys', 'keys/s of one core', 'LIST'],
      rows: [
        ['the scanner', results.cpuMsPer1000Keys, walks.scanner.listRequests] as const,
        ['the SDK', results.sdkCpuMsPer1000Keys, walks.sdk.listRequests] as const,
      ].map(([reader, cpuMs, list]) => [reader, cpuMs.toFixed(2), formatCount(1e6 / cpuMs), formatCount(list)]),
      labels: 1,
    },
  ],
  judge,
};

async function measure({ objects: asked, quick }: Options, log: (line: string) => void): Promise<CpuResults> {
  const objects = quick ? QUICK_OBJECTS : asked;
  await using server = new Child(join(__dirname, 's3-server.ts'));
  const fill: Fill = { objects };
  const { endpoint } = await server.ask<{ endpoint: string }>(fill);
  const walk = async (reader: Walk['reader']): Promise<Walked> => {
    await using child = new Child(join(__dirname, 'walk-range.ts'));
    const order: Walk = { endpoint, reader };
    const walked = await child.ask<Walked>(order);
    if (walked.unchanged !== objects) throw new Error(`Expected ${objects} unchanged objects, got ${walked.unchanged}`);
    log(`${reader}: ${(walked.cpuMs / (objects / 1000)).toFixed(2)} ms`);
    return walked;
  };
  const walks = { scanner: await walk('scanner'), sdk: await walk('sdk') };
  return {
    objects,
    cpuMsPer1000Keys: walks.scanner.cpuMs / (objects / 1000),
    sdkCpuMsPer1000Keys: walks.sdk.cpuMs / (objects / 1000),
    walks,
  };
}

function judge({ objects, cpuMsPer1000Keys, sdkCpuMsPer1000Keys }: CpuResults): Verdict[] {
  if (objects <= QUICK_OBJECTS) return [];
  const ratio = sdkCpuMsPer1000Keys / cpuMsPer1000Keys;
  return [
    {
      claim: `at most ${MOST_CPU_MS} ms for 1,000 keys`,
      holds: cpuMsPer1000Keys <= MOST_CPU_MS,
      measured: `${cpuMsPer1000Keys.toFixed(2)} ms`,
    },
    {
      claim: `at least ${LEAST_RATIO} times less than by the SDK`,
      holds: ratio >= LEAST_RATIO,
      measured: `${ratio.toFixed(1)} times`,
    },
  ];
}
