import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** For a single test. On a busy machine this still says nothing about a bug. */
const TEST_TIMEOUT_MS = 600_000;

/** For a suite without a bug: if it takes longer, something else is wrong. */
const LONGEST_MS = 1_800_000;

export interface Outcome {
  /** Tests that failed, by their full names. */
  readonly failed: readonly string[];
  readonly passed: number;
  /** Why the suite could not run at all: that is no verdict on a bug. */
  readonly broken: readonly string[];
  readonly timedOut: boolean;
  readonly elapsedMs: number;
}

interface JestResult {
  readonly numPassedTests: number;
  readonly testResults: readonly {
    readonly name: string;
    readonly message: string;
    readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[];
  }[];
}

/**
 * Runs a suite of the project in `folder`.
 *
 * @param limitMs  the run ends after that, since a bug may make a walk endless
 */
export async function runSuite(folder: string, suite: string, limitMs = LONGEST_MS): Promise<Outcome> {
  const output = join(folder, 'mutants.json');
  const args = [
    '--runTestsByPath',
    `test/${suite}.test.ts`,
    '--selectProjects',
    'unit',
    '--json',
    `--testTimeout=${TEST_TIMEOUT_MS}`,
    `--outputFile=${output}`,
  ];
  const jest = join(folder, 'node_modules/jest/bin/jest.js');
  // What a suite leaves that had to be killed is removed with the copy.
  // At full length, since `.ci/run` runs that too.
  const env = { ...process.env, FULL: '1', TMPDIR: join(folder, 'tmp') };
  const options = { cwd: folder, env, stdio: 'ignore', timeout: Math.ceil(limitMs), killSignal: 'SIGKILL' } as const;
  const startedAt = performance.now();
  const child = spawn(process.execPath, [jest, ...args, '--forceExit'], options);
  const [, signal] = await once(child, 'close');
  const elapsedMs = performance.now() - startedAt;
  if (signal) return { failed: [], passed: 0, broken: [], timedOut: true, elapsedMs };
  const result = JSON.parse(readFileSync(output, 'utf8')) as JestResult;
  rmSync(output);
  const tests = result.testResults.flatMap(({ assertionResults }) => assertionResults);
  return {
    failed: tests.filter(({ status }) => status === 'failed').map(({ fullName }) => fullName),
    passed: result.numPassedTests,
    broken: result.testResults.filter((suite) => suite.assertionResults.length === 0).map(({ message }) => message),
    timedOut: false,
    elapsedMs,
  };
}
