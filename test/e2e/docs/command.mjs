#!/usr/bin/env node
// Stands for npm, npx, bucketsync and cdk while the commands of the pages are executed, and notes how each ended.
import { spawnSync } from 'node:child_process';
import { appendFileSync, globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';

const { DOCS_ROOT, DOCS_LOG, DOCS_COMMAND_LINE, DOCS_CDK_OUT, BUCKETSYNC_REPORT_LOCATION } = process.env;

function main() {
  const [, program = '', ...args] = process.argv;
  const words = [basename(program), ...args];
  const [name, exitCode] = execute(words);
  appendFileSync(DOCS_LOG, `${JSON.stringify({ name, words, exitCode })}\n`);
  process.exitCode = exitCode;
}

function execute(words) {
  const typed = words.join(' ');
  for (const prefix of ['npm run -s bucketsync -- ', 'npx bucketsync ', 'bucketsync ']) {
    const used = prefix.trim().split(' ').length;
    if (typed.startsWith(prefix)) return ['bucketsync', bucketsync(words.slice(used))];
  }
  if (/^(npx )?cdk (deploy|synth|diff)\b/.test(typed)) return ['cdk', synthesize(words)];
  return ['npm', 0];
}

function bucketsync(args) {
  const known = args.map((arg) => ({ '<run>': lastRun(isIncomplete), '<plan>': lastRun(isPlan) })[arg] ?? arg);
  return run(JSON.parse(DOCS_COMMAND_LINE), known, process.cwd());
}

/** What `cdk` starts, with the context that was given. No account is needed for it. */
function synthesize(words) {
  const context = words.flatMap((word, index) => (words[index - 1] === '-c' ? [word.split(/=(.*)/s).slice(0, 2)] : []));
  const { app } = JSON.parse(readFileSync(join(DOCS_ROOT, 'cdk.json'), 'utf8'));
  process.env.CDK_OUTDIR = DOCS_CDK_OUT;
  process.env.CDK_CONTEXT_JSON = JSON.stringify({ ...Object.fromEntries(context), 'aws:cdk:bundling-stacks': [] });
  return run(app.split(' ').slice(1), [], DOCS_ROOT);
}

function run(nodeArgs, args, cwd) {
  return spawnSync(process.execPath, [...nodeArgs, ...args], { cwd, stdio: 'inherit' }).status ?? 1;
}

function isPlan({ input, status }) {
  return input.dryRun === true && status === 'succeeded';
}

function isIncomplete({ status }) {
  return status === 'failed';
}

function lastRun(isWanted) {
  const runs = globSync('runs/*/summary.json', { cwd: BUCKETSYNC_REPORT_LOCATION })
    .map((file) => JSON.parse(readFileSync(join(BUCKETSYNC_REPORT_LOCATION, file), 'utf8')))
    .filter(isWanted)
    .sort((one, other) => one.startedAt.localeCompare(other.startedAt));
  return runs.at(-1)?.runId;
}

main();
