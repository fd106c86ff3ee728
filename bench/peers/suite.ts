import { type Command, Option } from 'commander';
import type { Suite } from '../frame/suite';
import { CASES, type CaseName } from './cases';
import type { PeersResults } from './results';
import { type Run, runTool, type Speed } from './run-tool';
import { peersTables } from './tables';
import { awsCli } from './tools/aws-cli';
import { bucketsync } from './tools/bucketsync';
import { rclone } from './tools/rclone';
import { s3sync } from './tools/s3sync';
import { s5cmd } from './tools/s5cmd';
import type { Tool } from './tools/tool';
import { judgePeers } from './verdicts';

const TOOLS: readonly Tool[] = [bucketsync, s5cmd, s3sync, rclone, awsCli];

interface Options {
  readonly tool: readonly string[];
  readonly case: readonly CaseName[];
  readonly speed: readonly Speed[];
  readonly repeat: number;
  readonly quick?: boolean;
}

export const peers: Suite<PeersResults, Options> = {
  name: 'peers',
  summary: 'bucketsync and other mirrors, each on the same buckets of the same S3',
  addOptions,
  measure,
  tables: peersTables,
  judge: judgePeers,
  merge: (saved, fresh) => ({
    tools: [...saved.tools.filter(({ name }) => !fresh.tools.some((tool) => tool.name === name)), ...fresh.tools],
    runs: [...saved.runs.filter((run) => !fresh.runs.some((other) => isSameRun(run, other))), ...fresh.runs],
  }),
};

function addOptions(command: Command): Command {
  const names = TOOLS.map(({ name }) => name);
  return command
    .addOption(new Option('--tool <name...>', 'which programs').choices(names).default(names, 'all'))
    .addOption(choices('--case <name...>', 'which changes', Object.keys(CASES)))
    .addOption(choices('--speed <name...>', 'S3 at full speed, and with the latencies of AWS', ['s3', 'full']))
    .option('--repeat <count>', 'runs of each, of which the fastest counts', Number, 3)
    .option('--quick', 'few objects, one run: does everything work?');
}

function choices(flags: string, description: string, values: readonly string[]): Option {
  return new Option(flags, description).choices(values).default(values, 'all');
}

async function measure(options: Options, log: (line: string) => void): Promise<PeersResults> {
  const chosen = TOOLS.filter(({ name }) => options.tool.includes(name));
  const tools: PeersResults['tools'][number][] = [];
  const runs: Run[] = [];
  const folders = new Map<Tool, string>();
  for (const tool of chosen) {
    const { name, version, flags } = tool;
    const folder = await tool.prepare(log).catch((error: Error) => error);
    if (folder instanceof Error) log(`${name} is left out, it could not be installed: ${folder.message}`);
    else folders.set(tool, folder);
    tools.push({ name, version, flags, ...(folder instanceof Error && { missing: folder.message }) });
  }
  for (const speed of options.speed) {
    for (const name of options.case) {
      const objects = options.quick ? CASES[name].quickSize : CASES[name].size;
      for (const [tool, folder] of folders) {
        const task = { case: name, objects, speed };
        const run = await runFastest(tool, folder, task, options.quick ? 1 : options.repeat);
        log(`${speed} ${name} ${tool.name}: ${Math.round(run.wallMs)} ms${run.wrong ? `, WRONG: ${run.wrong}` : ''}`);
        runs.push(run);
      }
    }
  }
  return { tools, runs };
}

/** The machine has other things to do too; what disturbs a run only ever makes it slower. */
async function runFastest(
  tool: Tool,
  folder: string,
  task: Parameters<typeof runTool>[2],
  repeat: number,
): Promise<Run> {
  let fastest = await runTool(tool, folder, task);
  for (let turn = 1; turn < repeat && !fastest.wrong; turn++) {
    const run = await runTool(tool, folder, task);
    if (run.wrong || run.wallMs < fastest.wallMs) fastest = run;
  }
  return fastest;
}

function isSameRun(a: Run, b: Run): boolean {
  return a.tool === b.tool && a.case === b.case && a.speed === b.speed && a.objects === b.objects;
}
