import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { runCommand } from '../e2e/command-line';
import type { Server } from '../e2e/servers';
import { temporaryFolder } from '../support/temporary-folder';

export interface Contract {
  readonly passed: number;
  /** Titles, and the first line of what was wrong. */
  readonly failed: readonly (readonly [title: string, reason: string])[];
}

interface Results {
  readonly testResults: readonly {
    readonly assertionResults: readonly {
      readonly title: string;
      readonly status: string;
      readonly failureMessages: readonly string[];
    }[];
  }[];
}

/** Holds a server against the suite that says what S3 does. */
export async function testContract({ kind, endpoint, env }: Server): Promise<Contract> {
  const folder = temporaryFolder();
  const file = join(folder, 'results.json');
  const options = [
    '--selectProjects',
    'unit',
    '--testPathPatterns',
    'test/local/s3/',
    '--json',
    `--outputFile=${file}`,
  ];
  try {
    await runCommand('jest', [...options, '--maxWorkers', '1'], {
      ...env,
      S3_CONTRACT_ENDPOINT: endpoint,
      S3_CONTRACT_SERVER: kind.name,
    });
    const { testResults } = JSON.parse(readFileSync(file, 'utf8')) as Results;
    const tests = testResults.flatMap(({ assertionResults }) => assertionResults);
    const failed = tests.filter(({ status }) => status === 'failed');
    return {
      passed: tests.filter(({ status }) => status === 'passed').length,
      failed: failed.map(
        ({ title, failureMessages: [message = ''] }) => [title, message.split('\n')[0] ?? ''] as const,
      ),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
