import type { RunSummary } from '../../statemachine/contract';
import { runCommand } from '../e2e/command-line';

/** Runs the command line as a user does, and reads its summary. */
export async function runBucketsync(args: readonly string[], env: NodeJS.ProcessEnv): Promise<RunSummary> {
  const { stdout, stderr } = await runCommand('npm', ['run', '-s', 'bucketsync', '--', ...args, '--json'], env);
  try {
    return JSON.parse(stdout) as RunSummary;
  } catch {
    throw new Error(`Expected a summary, got ${stdout}${stderr}`);
  }
}
