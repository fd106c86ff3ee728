import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Command } from 'commander';
import { formatBytes } from '../../wording/numbers';
import type { Suite } from '../frame/suite';
import { bucketsync } from '../peers/tools/bucketsync';

/** As the functions are started. */
const NODE_FLAGS = ['--enable-source-maps'];
/** Loads a bundle, and prints how many milliseconds that took. */
const LOAD = 'const t = performance.now(); require(process.argv[1]); console.log(performance.now() - t);';

interface Options {
  readonly runs: number;
}

export interface FunctionStart {
  /** As the folder of its bundle is called. */
  readonly name: string;
  readonly bytes: number;
  readonly gzipBytes: number;
  /** From the first line of the bundle to the last, the median of some fresh processes. */
  readonly loadMs: number;
}

export interface StartResults {
  readonly functions: readonly FunctionStart[];
}

export const start: Suite<StartResults, Options> = {
  name: 'start',
  summary: 'size and load time of each function, as it is deployed',
  addOptions: (command: Command) => command.option('--runs <number>', 'fresh processes for each function', Number, 15),
  measure,
  tables: ({ functions }) => [
    {
      title: 'The bundles of the functions',
      headings: ['function', 'size', 'compressed', 'load ms'],
      rows: functions.map(({ name, bytes, gzipBytes, loadMs }) => [
        name,
        formatBytes(bytes),
        formatBytes(gzipBytes),
        loadMs.toFixed(0),
      ]),
      labels: 1,
    },
  ],
  judge: () => [],
};

async function measure({ runs }: Options, log: (line: string) => void): Promise<StartResults> {
  const handlers = join(await bucketsync.prepare(log), 'handlers');
  const files = readdirSync(handlers).map((name) => ({ name, file: join(handlers, name, 'index.js') }));
  const loads = new Map<string, number[]>(files.map(({ name }) => [name, []]));
  // In turn, so that whatever else the machine does falls on all of them.
  for (let run = 0; run < runs; run++) {
    for (const { name, file } of files) loads.get(name)?.push(load(file));
  }
  const functions = files.map(({ name, file }) => {
    const code = readFileSync(file);
    return { name, bytes: code.length, gzipBytes: gzipSync(code).length, loadMs: median(loads.get(name) ?? []) };
  });
  return { functions };
}

function load(file: string): number {
  return Number(execFileSync(process.execPath, [...NODE_FLAGS, '-e', LOAD, file], { encoding: 'utf8' }));
}

function median(numbers: readonly number[]): number {
  return [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN;
}
