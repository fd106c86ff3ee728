import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const FROM_SOURCE = __filename.endsWith('.ts');

/** What Node.js needs to run a module of `modulePath`. */
export const MODULE_FLAGS: readonly string[] = FROM_SOURCE
  ? ['--import', pathToFileURL(join(__dirname, '../bin/tsx.mjs')).href]
  : [];

/**
 * The file of a module that runs in a thread or a process of its own.
 * In the built package this file is part of bundles; they lie in a folder of `dist/` as it lies in `local/`.
 *
 * @param name  from the root, without extension: `local/task-worker`
 */
export function modulePath(name: string): string {
  return join(__dirname, '..', `${name}${FROM_SOURCE ? '.ts' : '.js'}`);
}
