/**
 * Builds the documentation as a site, with packages of its own: `npm run site`. `bin/tsx.mjs` tells npm where to keep its compile cache,
 * which would otherwise go to the temporary folder.
 */
import { execFileSync } from 'node:child_process';

for (const args of [
  ['ci', '--no-audit', '--no-fund'],
  ['run', 'build'],
]) {
  execFileSync('npm', ['--prefix', 'site', ...args], { stdio: 'inherit', shell: process.platform === 'win32' });
}
