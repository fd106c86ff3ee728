import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const FROM_SOURCE = __filename.endsWith('.ts');

/** Options that Node.js requires to run a module of `modulePath`. */
export const MODULE_FLAGS: readonly string[] = FROM_SOURCE
  ? ['--import', pathToFileURL(join(__dirname, '../bin/tsx.mjs')).href]
  : [];

/**
 * The file of a module that runs in its own thread or process. In the built package this code is part of bundles, which are in
 * a folder of `dist/` like this file in `local/`.
 *
 * @param name  relative to the root, without extension: `local/task-worker`
 */
export function modulePath(name: string): string {
  return join(__dirname, '..', `${name}${FROM_SOURCE ? '.ts' : '.js'}`);
}
