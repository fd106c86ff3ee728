import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { findCommandLine } from '../support/built-command-line';
import { type Finished, finished } from '../support/cli-process';

const ROOT = join(__dirname, '../..');

export type { Finished } from '../support/cli-process';

/** Runs a command in the checkout, as a user does. */
export async function runCommand(command: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<Finished> {
  const child = spawn(command, args, { cwd: ROOT, env, stdio: ['ignore', 'pipe', 'pipe'] });
  return finished(child);
}

/** Runs the command line as it is packaged, which starts four times as fast as from its sources. */
export function runBucketsync(args: readonly string[], env: NodeJS.ProcessEnv): Promise<Finished> {
  const commandLine = findCommandLine();
  return runCommand(process.execPath, [...commandLine.nodeArgs, ...args], { ...env, ...commandLine.env });
}
