import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { version } from '../../package.json';

const ROOT = join(__dirname, '../..');
const LOOK_EVERY_MS = 500;

/**
 * The package as `npm pack` makes it, packed once in a Jest run: a build writes into `dist/`, where two would disturb each other.
 *
 * @returns the path of the tarball, which nobody may change
 */
export async function packPackage(): Promise<string> {
  const runFolder = process.env.TEST_BUILD_FOLDER ?? '';
  const folder = join(runFolder, 'packed');
  const tarball = join(folder, `bucketsync-${version}.tgz`);
  while (!existsSync(tarball)) {
    if (isFirst(folder)) packInto(folder, tarball, runFolder);
    else await delay(LOOK_EVERY_MS);
  }
  return tarball;
}

function isFirst(folder: string): boolean {
  try {
    mkdirSync(folder);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** If it fails, another suite may try. */
function packInto(folder: string, tarball: string, runFolder: string): void {
  const own = mkdtempSync(join(runFolder, 'packing-'));
  try {
    execFileSync('npm', ['pack', '--pack-destination', own], { cwd: ROOT, stdio: 'pipe' });
    renameSync(join(own, `bucketsync-${version}.tgz`), tarball);
  } catch (error) {
    rmSync(folder, { recursive: true });
    throw error;
  }
}
