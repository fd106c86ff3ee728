import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { type Finished, finished } from '../support/cli-process';

const ROOT = join(__dirname, '../..');

export type { Finished } from '../support/cli-process';

/** Runs a command in the checkout, as a user does. */
export async function runCommand(command: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<Finished> {
  const child = spawn(command, args, { cwd: ROOT, env, stdio: ['ignore', 'pipe', 'pipe'] });
  return finished(child);
}
