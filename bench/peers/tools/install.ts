import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const CACHE = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'bucketsync-bench');
const COMPILED_WITHIN_MS = 45 * 60_000;
const run = promisify(execFile);

/** Runs an installer, and shows what it said only if it failed. */
export async function installer(file: string, args: readonly string[], cwd: string): Promise<void> {
  await run(file, args, { cwd, timeout: COMPILED_WITHIN_MS, maxBuffer: 64 * 1024 ** 2 });
}

/**
 * The folder of a program, which `install` puts there the first time.
 *
 * @param name  of the program and its version
 */
export async function installOnce(
  name: string,
  log: (line: string) => void,
  install: (folder: string) => Promise<void>,
): Promise<string> {
  const folder = join(CACHE, name);
  const marker = join(folder, 'installed');
  if (existsSync(marker)) return folder;
  log(`installing ${name} in ${folder}`);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  await install(folder);
  writeFileSync(marker, '');
  return folder;
}

/** Builds a Go program at a version. `go install` would ask for the list of all versions, which not every proxy has. */
export async function buildGo(folder: string, module: string, version: string, binary: string): Promise<void> {
  await installer('go', ['mod', 'init', 'bench'], folder);
  await installer('go', ['mod', 'edit', '-require', `${module}@v${version}`], folder);
  await installer('go', ['build', '-mod=mod', '-o', binary, module], folder);
}
