import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { LONGEST_WAIT_MS } from '../support/longest-wait';
import { temporaryFolder } from '../support/temporary-folder';

const ROOT = join(__dirname, '../..');
const LOG_TAIL = 5_000;

/** Somebody else's S3, as it is started and where it is known to differ from AWS in what this suite looks at. */
export interface ServerKind {
  readonly name: string;
  /** The Python environment that it is installed in, if it is not `.venv`. */
  readonly venv?: string;
  /** Found on the PATH, like Java. */
  readonly isOnPath?: boolean;
  /** @default 'test' */
  readonly secret?: string;
  readonly command: string;
  readonly args: (port: number, folder: string) => readonly string[];
  readonly env: (port: number, folder: string) => Readonly<Record<string, string>>;
  /** Keys that it cannot hold, though S3 can. */
  readonly refusedKeys: RegExp | undefined;
}

export const SERVER_KINDS: readonly ServerKind[] = [
  {
    name: 'ministack',
    command: 'ministack',
    args: () => [],
    env: (port) => ({ GATEWAY_PORT: String(port), BIND_HOST: '127.0.0.1' }),
    refusedKeys: undefined,
  },
  {
    name: 'moto',
    command: 'moto_server',
    args: (port) => ['-H', '127.0.0.1', '-p', String(port)],
    env: () => ({}),
    // It routes by a pattern that ends at a line break: 404, with an HTML page.
    refusedKeys: /\n/,
  },
];

export interface Server {
  readonly kind: ServerKind;
  readonly endpoint: string;
  /** For tools of AWS. */
  readonly env: Readonly<Record<string, string | undefined>>;
  stop(): Promise<void>;
}

/** Starts a server on a free port of this machine and waits until it answers. */
export async function startServer(kind: ServerKind): Promise<Server> {
  const port = await findFreePort();
  const endpoint = `http://127.0.0.1:${port}`;
  const folder = temporaryFolder();
  const log = join(folder, 'log');
  const program = kind.isOnPath ? kind.command : resolve(ROOT, kind.venv ?? '.venv', 'bin', kind.command);
  const child = spawn(program, kind.args(port, folder), {
    cwd: folder,
    env: { ...process.env, ...kind.env(port, folder) },
    stdio: ['ignore', openSync(log, 'a'), openSync(log, 'a')],
    // A process group of its own, so that the Lambda workers that it starts end with it.
    detached: true,
  });
  const killAtExit = () => killGroup(child, 'SIGKILL');
  process.once('exit', killAtExit);
  const stop = async () => {
    process.removeListener('exit', killAtExit);
    const ending = describeEnding(child);
    await endGroup(child);
    const output = readFileSync(log, 'utf8').slice(-LOG_TAIL);
    rmSync(folder, { recursive: true, force: true });
    if (ending) throw new Error(`${kind.name} ended by itself (${ending}), after:\n${output}`);
  };
  if (!(await isReady(child, endpoint))) {
    await stop();
    throw new Error(`${kind.name} did not answer on ${endpoint} within ${LONGEST_WAIT_MS} ms`);
  }
  return { kind, endpoint, env: awsEnvironment(endpoint, kind.secret), stop };
}

/** What tools of AWS need in order to work with this endpoint and with nothing else. */
export function awsEnvironment(endpoint: string, secret = 'test'): Server['env'] {
  return {
    ...process.env,
    AWS_ENDPOINT_URL: endpoint,
    AWS_ENDPOINT_URL_S3: undefined,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: secret,
    AWS_SESSION_TOKEN: undefined,
    AWS_PROFILE: undefined,
    AWS_REGION: 'us-east-1',
    AWS_DEFAULT_REGION: 'us-east-1',
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
  };
}

async function isReady(child: ChildProcess, endpoint: string): Promise<boolean> {
  const deadline = Date.now() + LONGEST_WAIT_MS;
  while (Date.now() < deadline && describeEnding(child) === undefined) {
    if (
      await fetch(endpoint).then(
        () => true,
        () => false,
      )
    )
      return true;
    await delay(100);
  }
  return false;
}

/** How a server ended that nobody stopped, or undefined while it runs. */
function describeEnding({ pid, exitCode, signalCode }: ChildProcess): string | undefined {
  if (pid === undefined) return 'it could not be started';
  if (signalCode !== null) return signalCode;
  return exitCode === null ? undefined : `exit code ${exitCode}`;
}

async function endGroup(child: ChildProcess): Promise<void> {
  if (describeEnding(child) !== undefined) return;
  const ended = once(child, 'exit');
  killGroup(child, 'SIGTERM');
  const kill = setTimeout(() => killGroup(child, 'SIGKILL'), 5_000);
  await ended;
  clearTimeout(kill);
  killGroup(child, 'SIGKILL');
}

function killGroup({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // All of it has ended already.
  }
}

/**
 * Below those that systems give to whoever asks for any port: a server takes seconds until it listens, and nobody may get its
 * port meanwhile. Each process has some of its own.
 */
const FIRST_PORT = 10_000;
const PORTS_EACH = 20;
let tried = 0;

async function findFreePort(): Promise<number> {
  const first = FIRST_PORT + (process.pid % 1_000) * PORTS_EACH;
  for (let attempt = 0; attempt < PORTS_EACH; attempt++) {
    const port = first + (tried++ % PORTS_EACH);
    if (await isFree(port)) return port;
  }
  throw new Error(`Expected a free port from ${first} on, found none`);
}

async function isFree(port: number): Promise<boolean> {
  const probe = createServer().listen(port, '127.0.0.1');
  try {
    await once(probe, 'listening');
    return true;
  } catch {
    return false;
  } finally {
    probe.close();
  }
}
