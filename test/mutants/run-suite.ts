import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Tree } from './tree';

/** For a single test. On a busy machine this still says nothing about a bug. */
const TEST_TIMEOUT_MS = 600_000;

/** A bug may make a walk endless. This is many times what a suite takes, of processor time, which a busy machine does not stretch. */
const MOST_CPU_SECONDS = 240;

/** A bug may also make a suite wait for ever. */
const LONGEST_MS = 1_800_000;

/** What is run of a suite. */
export interface Part {
  /** Below `test/`, without `.test.ts`. */
  readonly suite: string;
  /** Of Jest: `full` has only the suites that have two lengths, at their full length. */
  readonly project: 'unit' | 'full';
  /** Only tests that have this in their names. */
  readonly title?: string;
  /** Limit of processor time. */
  readonly cpuSeconds?: number;
}

export interface Outcome {
  /** The test that failed, by its full name. No test runs after it. */
  readonly failed: string | undefined;
  readonly passed: number;
  /** Why the suite could not run at all: that is no verdict on a bug. */
  readonly broken: string | undefined;
  readonly timedOut: boolean;
}

interface JestResult {
  readonly numPassedTests: number;
  readonly testResults: readonly {
    readonly message: string;
    readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[];
  }[];
}

export async function runSuite({ folder }: Tree, part: Part): Promise<Outcome> {
  const output = join(folder, 'mutants.json');
  const jest = join(folder, 'node_modules/jest/bin/jest.js');
  // What a suite leaves that had to be killed is removed with the copy.
  const env = {
    ...process.env,
    TMPDIR: join(folder, 'tmp'),
    NODE_COMPILE_CACHE: join(folder, 'node_modules/.cache/node'),
  };
  const options = { cwd: folder, env, stdio: 'ignore', timeout: LONGEST_MS, killSignal: 'SIGKILL' } as const;
  const command = [process.execPath, jest, ...argumentsFor(folder, part), `--outputFile=${output}`];
  const child = spawn(
    'bash',
    ['-c', `ulimit -t ${part.cpuSeconds ?? MOST_CPU_SECONDS}; exec "$0" "$@"`, ...command],
    options,
  );
  const end = () => child.kill('SIGKILL');
  process.once('exit', end);
  const [, signal] = await once(child, 'close');
  process.off('exit', end);
  if (signal) return { failed: undefined, passed: 0, broken: undefined, timedOut: true };
  const { numPassedTests: passed, testResults } = JSON.parse(readFileSync(output, 'utf8')) as JestResult;
  rmSync(output);
  const tests = testResults.flatMap(({ assertionResults }) => assertionResults);
  const failed = tests.find(({ status }) => status === 'failed')?.fullName;
  const broken = testResults.find(({ assertionResults }) => assertionResults.length === 0)?.message;
  return { failed, passed, broken, timedOut: false };
}

function argumentsFor(folder: string, { suite, project, title }: Part): readonly string[] {
  return [
    ...['--runTestsByPath', `test/${suite}.test.ts`],
    ...['--selectProjects', project],
    ...['--passWithNoTests', '--runInBand', '--forceExit', '--json'],
    `--testTimeout=${TEST_TIMEOUT_MS}`,
    `--cacheDirectory=${join(folder, 'tmp/jest')}`,
    `--testEnvironment=${join(folder, 'test/mutants/fail-fast.js')}`,
    ...(title === undefined ? [] : [`--testNamePattern=${RegExp.escape(title)}`]),
  ];
}
