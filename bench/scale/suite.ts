import { join } from 'node:path';
import { type Command, Option } from 'commander';
import { formatCount, formatDuration } from '../../wording/numbers';
import { Child } from '../frame/child';
import type { Suite } from '../frame/suite';
import { bucketsync } from '../peers/tools/bucketsync';
import { lambdaHeap } from './lambda-heap';
import type { Order, ScaleMeasurement } from './measure-run';
import type { ScaleResults } from './results';
import { runCommandLine } from './run-command-line';
import { scaleTables } from './tables';
import { judgeScale } from './verdicts';

const LAYERS: readonly ScaleMeasurement['layers'][] = ['all', 'engine', 'simulated'];
const SIZES = { all: [1e6, 1e7], engine: [1e6, 1e7, 1e8], simulated: [1e9] } as const;
const QUICK_SIZES = { all: [20_000], engine: [100_000], simulated: [1e7] } as const;

/** A page of ten keys stands for one of a thousand, and takes as long. Copies and deletes stand for themselves. */
const KEY_STANDS_FOR = 100;

/**
 * Memory of the function whose heap the measured process gets, whatever the size of the buckets: the smallest that Lambda
 * has. Where there is more room, V8 lets garbage lie until the heap is several times what lives in it, and the longer a
 * run, the nearer it comes to that: between sizes one would compare how long it has been lying.
 */
const HEAP_OF_MIB = 128;

interface Options {
  readonly layers: readonly ScaleMeasurement['layers'][];
  readonly quick?: boolean;
}

export const scale: Suite<ScaleResults, Options> = {
  name: 'scale',
  summary: 'buckets of up to a billion objects, computed as they are listed',
  addOptions: (command: Command) =>
    command
      .addOption(new Option('--layers <name...>', 'how much of it is real').choices(LAYERS).default(LAYERS, 'all'))
      .option('--quick', 'fewer objects: does everything work?'),
  measure,
  tables: scaleTables,
  judge: judgeScale,
  merge: (saved, fresh) => ({
    runs: [...saved.runs.filter(({ layers }) => !fresh.runs.some((run) => run.layers === layers)), ...fresh.runs],
  }),
};

async function measure({ layers, quick }: Options, log: (line: string) => void): Promise<ScaleResults> {
  const folder = layers.includes('all') ? await bucketsync.prepare(log) : '';
  const runs: ScaleMeasurement[] = [];
  for (const layer of LAYERS.filter((name) => layers.includes(name))) {
    for (const objects of (quick ? QUICK_SIZES : SIZES)[layer]) {
      const run = layer === 'all' ? await runCommandLine(unevenly(objects), folder) : await runInChild(layer, objects);
      log(
        `${layer} ${formatCount(objects)}: ${formatDuration(run.elapsedMs)}${run.wrong ? `, WRONG: ${run.wrong}` : ''}`,
      );
      runs.push(run);
    }
  }
  return { runs };
}

/** In a process of its own, so that the memory is its alone. */
async function runInChild(layer: 'engine' | 'simulated', objects: number): Promise<ScaleMeasurement> {
  const heap = layer === 'engine' ? lambdaHeap(HEAP_OF_MIB) : [];
  await using child = new Child(join(__dirname, 'measure-run.ts'), heap);
  const order: Order =
    layer === 'engine'
      ? { virtual: unevenly(objects) }
      : {
          virtual: { keys: objects / KEY_STANDS_FOR, changedEvery: 11, orphanEvery: 23 },
          keyStandsFor: KEY_STANDS_FOR,
        };
  return await child.ask<ScaleMeasurement>(order);
}

/** One object in a hundred has changed, one in two hundred is an orphan. */
function unevenly(keys: number) {
  return { keys, changedEvery: 101, orphanEvery: 211 };
}
