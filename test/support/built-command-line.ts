import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';

const ROOT = resolve(__dirname, '../..');

/** How Node.js starts the command line. */
export interface CommandLine {
  readonly nodeArgs: readonly string[];
  readonly env: NodeJS.ProcessEnv;
}

const FROM_SOURCE: CommandLine = { nodeArgs: ['--import', './bin/tsx.mjs', 'bin/bucketsync.ts'], env: {} };

/**
 * The command line as it is packaged: to load it from source takes four times as long. The first suite of a Jest run that
 * starts it builds it, into the folder that `test/jest/global-setup.js` made; without Jest it is started from source.
 */
export function findCommandLine(): CommandLine {
  const folder = process.env.TEST_BUILD_FOLDER;
  if (folder === undefined) return FROM_SOURCE;
  const built = join(folder, 'dist');
  if (!existsSync(built)) buildInto(folder, built);
  return {
    nodeArgs: [join(built, 'bin/bucketsync.js')],
    env: {
      NODE_COMPILE_CACHE: join(folder, 'compile-cache'),
      PATH: [join(built, 'bin'), process.env.PATH].join(delimiter),
      // otherwise it would say `npx bucketsync` in a test that npm has started
      npm_lifecycle_event: undefined,
    },
  };
}

/** Suites may build at the same time; the first to end wins. */
function buildInto(folder: string, built: string): void {
  const own = mkdtempSync(join(folder, 'building-'));
  execFileSync(process.execPath, ['--import', './bin/tsx.mjs', 'test/support/build-command-line.ts', own], {
    cwd: ROOT,
  });
  symlinkSync('bucketsync.js', join(own, 'bin/bucketsync')); // as npm does it, if it is installed for all projects
  try {
    renameSync(own, built);
  } catch (error) {
    if (!existsSync(built)) throw error;
    rmSync(own, { recursive: true });
  }
}
