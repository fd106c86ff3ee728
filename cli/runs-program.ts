import { type Command, InvalidArgumentError, Option } from 'commander';
import { addDeployedOptions } from './deployed-program';
import { exitCodes } from './help/exit-codes';

const MAX_LIMIT = 1000;

/** The commands about past runs, here and in AWS. */
export function addRunsCommands(program: Command, finish: (exitCode: number) => void): void {
  const runs = program
    .command('runs')
    .alias('history')
    .summary('list past runs, here and in AWS')
    .description(
      'Lists the newest runs of this machine, and those of the deployed state machine if there is one. Each id, or its beginning, is what `report`, ' +
        '`retry`, `apply` and `watch` take.',
    )
    .optionsGroup('Output:')
    .addOption(new Option('--limit <number>', 'how many').argParser(readLimit).default(20))
    .action(async (options) => finish(await (await import('./commands/runs')).runsCommand(options)));
  addDeployedOptions(runs, 'print only the runs, as one JSON document')
    .optionsGroup('On this machine:')
    .option('--report-location <place>', 'folder or s3://bucket for reports (default: ~/.bucketsync)');

  program
    .command('prune')
    .summary('remove old reports of this machine')
    .description(
      'Shows which reports of this machine may go, and removes them if you agree. If you give both limits, both must hold. Running runs stay, and ' +
        'plans of the last seven days that nobody has applied yet.',
    )
    .optionsGroup('Which reports:')
    .addOption(new Option('--keep <number>', 'keep this many of the newest runs (default: 30)').argParser(readCount))
    .addOption(new Option('--older-than <time>', 'only runs that began so long ago: 12h, 90d, 8w').argParser(readTime))
    .option('--report-location <folder>', 'folder with the reports (default: ~/.bucketsync)')
    .optionsGroup('Output:')
    .option('-y, --yes', 'do not ask')
    .option('--json', 'print only what may go, and whether it was removed, as one JSON document')
    .addHelpText('after', exitCodes('0 done, or nothing to do, 1 a report cannot be removed, 2 bad input or usage'))
    .action(async (options) => finish(await (await import('./commands/prune')).pruneCommand(options)));
}

function readLimit(text: string): number {
  const limit = Number(text);
  if (Number.isInteger(limit) && limit >= 1 && limit <= MAX_LIMIT) return limit;
  throw new InvalidArgumentError(`Expected a number from 1 to ${MAX_LIMIT}.`);
}

function readCount(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('Expected how many runs stay, such as 30.');
}

const UNITS_MS = { h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const;

function readTime(text: string): number {
  const [, count, unit] = /^(\d{1,6})([hdw])$/.exec(text) ?? [];
  if (unit !== undefined) return Number(count) * UNITS_MS[unit as keyof typeof UNITS_MS];
  throw new InvalidArgumentError('Expected hours, days or weeks, such as 12h, 90d or 8w.');
}
