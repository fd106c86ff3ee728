import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTemporaryFolder } from '../../local/temporary-folder';

/** `test/jest/own-temporary-folder.js` removes what begins with this, and complains about anything else. */
const PREFIX = 'bucketsync-test-';

/** A new folder, removed after the last hook of the suite, or when a program that is no suite exits. */
export function temporaryFolder(): string {
  if (process.env.JEST_WORKER_ID !== undefined) return mkdtempSync(join(tmpdir(), PREFIX));
  process.once('SIGINT', () => process.exit(130)).once('SIGTERM', () => process.exit(143));
  return createTemporaryFolder('test').path;
}
