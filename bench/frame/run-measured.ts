import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Command {
  readonly file: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** What a command took, its threads and the processes that it waited for included. */
export interface Usage {
  readonly exitCode: number;
  readonly wallMs: number;
  readonly cpuMs: number;
  /** The most memory that its largest process held at any time. */
  readonly peakBytes: number;
}

/** Node.js cannot tell what one child took, so Python's `wait4` does. Output goes to `output.log` in `scratch`. */
export async function runMeasured({ file, args, env }: Command, scratch: string): Promise<Usage> {
  const [result, log] = [join(scratch, 'usage.json'), openSync(join(scratch, 'output.log'), 'w')];
  const child = spawn('python3', [join(__dirname, 'measured.py'), result, file, ...args], {
    env: { ...process.env, ...env },
    stdio: ['ignore', log, log],
  });
  const [exitCode] = await once(child, 'exit');
  if (exitCode !== 0) throw new Error(`Could not run ${file}: ${readOutput(scratch)}`);
  return JSON.parse(readFileSync(result, 'utf8'));
}

/** The end of what the last command in `scratch` printed. */
export function readOutput(scratch: string): string {
  return readFileSync(join(scratch, 'output.log'), 'utf8').trim().slice(-500);
}
