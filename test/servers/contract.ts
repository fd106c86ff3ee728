import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runCommand } from '../e2e/command-line';
import type { Server } from '../e2e/servers';
import { temporaryFolder } from '../support/temporary-folder';

/** What a server does not do, by title, with the first line of what it did instead. */
export type Deviations = Readonly<Record<string, string>>;

export interface Contract {
  readonly passed: number;
  readonly failed: Deviations;
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
      ...(kind.secret !== undefined && { S3_CONTRACT_SECRET: kind.secret }),
    });
    const { testResults } = JSON.parse(readFileSync(file, 'utf8')) as Results;
    const tests = testResults.flatMap(({ assertionResults }) => assertionResults);
    const failed = tests
      .filter(({ status }) => status === 'failed')
      .map(({ title, failureMessages: [message = ''] }) => [title, message.split('\n')[0] ?? ''] as const)
      .sort(([a], [b]) => (a < b ? -1 : 1));
    return { passed: tests.filter(({ status }) => status === 'passed').length, failed: Object.fromEntries(failed) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const fileOf = (server: string) => join(__dirname, 'contracts', `${server}.json`);

export function recordedContract(server: string): Deviations {
  return existsSync(fileOf(server)) ? (JSON.parse(readFileSync(fileOf(server), 'utf8')) as Deviations) : {};
}

export function recordContract(server: string, failed: Deviations): void {
  mkdirSync(join(__dirname, 'contracts'), { recursive: true });
  writeFileSync(fileOf(server), `${JSON.stringify(failed, null, 2)}\n`);
}
