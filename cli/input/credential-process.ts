import { spawn } from 'node:child_process';
import { externalDataInterceptor } from '@smithy/core/config';

/** Long enough for somebody who has to confirm a login on another device. */
const MOST_MS = 300_000;

type Done = (error: Error | null, output?: { readonly stdout: string }) => void;

/**
 * Makes the SDK run each `credential_process` as the AWS CLI does: with this terminal. The SDK gives it a pipe on which nothing ever
 * comes, so a program that asks for a password would wait for ever.
 */
export function useOwnProcesses(): void {
  externalDataInterceptor.interceptToken('exec', runProcess as never);
}

function runProcess(command: string, done: Done): void {
  const input = process.stdin.isTTY ? 'inherit' : 'ignore';
  // a group of its own can be ended together with everything that the program has started
  const child = spawn(command, { shell: true, stdio: [input, 'pipe', 'pipe'], detached: input === 'ignore' });
  const output: Buffer[] = [];
  const errors: Buffer[] = [];
  const timer = setTimeout(() => {
    end(child.pid, input === 'ignore');
    done(new Error(`Command did not end within ${MOST_MS / 60_000} minutes: ${command}`));
  }, MOST_MS);
  child.stdout?.on('data', (bytes: Buffer) => output.push(bytes));
  child.stderr?.on('data', (bytes: Buffer) => errors.push(bytes));
  child.on('error', (error) => {
    clearTimeout(timer);
    done(error);
  });
  child.on('close', (code, signal) => {
    clearTimeout(timer);
    if (code === 0) return done(null, { stdout: textOf(output) });
    const ending = signal === null ? `exit code ${code}` : signal;
    done(new Error(`Command failed with ${ending}: ${command}\n${textOf(errors)}`.trimEnd()));
  });
}

function textOf(pieces: readonly Buffer[]): string {
  return Buffer.concat(pieces).toString('utf8');
}

function end(pid: number | undefined, isGroup: boolean): void {
  try {
    if (pid !== undefined) process.kill(isGroup ? -pid : pid);
  } catch {
    // it has just ended
  }
}
