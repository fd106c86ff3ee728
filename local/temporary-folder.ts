import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface TemporaryFolder extends Disposable {
  readonly path: string;
}

/**
 * A new folder in the system's temporary folder. It is removed when it is disposed of, and at the latest when the process
 * exits. A signal that kills the process leaves the folder, so whoever may be stopped turns signals into an exit.
 *
 * @param name  says in the folder's name who made it
 */
export function createTemporaryFolder(name: string): TemporaryFolder {
  const path = mkdtempSync(join(tmpdir(), `bucketsync-${name}-`));
  // A thread that is about to end may still add a file, which is what `maxRetries` is for.
  const remove = () => rmSync(path, { recursive: true, force: true, maxRetries: 3 });
  process.once('exit', remove);
  return {
    path,
    [Symbol.dispose]: () => {
      process.off('exit', remove);
      remove();
    },
  };
}
