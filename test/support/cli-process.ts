import { type ChildProcess, type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import type { S3Server } from '../../local/s3';
import { findCommandLine } from './built-command-line';
import { LONGEST_WAIT_MS } from './longest-wait';
import { temporaryFolder } from './temporary-folder';

const ROOT = resolve(__dirname, '../..');

type Talking = ChildProcess & { readonly stdout: Readable; readonly stderr: Readable };

export interface Finished {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Starts the command line as a user does, against the embedded S3, with reports in a folder of its own. */
export function startCli(
  s3: S3Server | undefined,
  args: readonly string[],
  more: NodeJS.ProcessEnv = {},
): ChildProcessWithoutNullStreams {
  const commandLine = findCommandLine();
  const env = commandLineEnvironment(s3, { ...commandLine.env, ...more });
  return spawn(process.execPath, [...commandLine.nodeArgs, ...args], {
    cwd: ROOT,
    env,
    timeout: LONGEST_WAIT_MS,
    killSignal: 'SIGKILL',
  });
}

/** Of a command line that knows the embedded S3 and nothing else. */
export function commandLineEnvironment(s3: S3Server | undefined, more: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(([name]) => !/^(AWS|BUCKETSYNC)_/.test(name));
  return {
    ...Object.fromEntries(own),
    AWS_ENDPOINT_URL_S3: s3?.endpoint,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_REGION: 'us-east-1',
    BUCKETSYNC_REPORT_LOCATION: temporaryFolder(),
    ...more,
  };
}

/** Waits for the end of a process. @returns everything that it has written */
export async function finished(child: Talking): Promise<Finished> {
  const [stdout, stderr, [exitCode]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close'),
  ]);
  return { exitCode, stdout, stderr };
}
