import { dirname, join } from 'node:path';
import { findCommandLine } from './built-command-line';

/** Stands for `local/module-path`, so that threads load what is built: each would take seconds to compile the sources. */
export const MODULE_FLAGS: readonly string[] = [];

export function modulePath(name: string): string {
  const [program = ''] = findCommandLine().nodeArgs;
  return join(dirname(program), '..', `${name}.js`);
}
