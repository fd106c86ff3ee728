import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** In the built package, the constructs are in a folder of their own below the root. */
const ROOT = join(__dirname, __filename.endsWith('.ts') ? '..' : '../..');

/** The version of bucketsync that synthesizes. */
export function ownVersion(): string {
  const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };
  return version;
}
