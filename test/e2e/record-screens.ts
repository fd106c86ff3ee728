/**
 * Writes docs/screens/: what a new user sees in the first hour, in a real terminal (tmux), against the embedded S3:
 * `node --import ./bin/tsx.mjs test/e2e/record-screens.ts`
 */
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const SCREENS = resolve(__dirname, '../../docs/screens');
const CACHE = resolve(__dirname, '../../node_modules/.cache');

async function main(): Promise<void> {
  mkdirSync(CACHE, { recursive: true });
  const folder = mkdtempSync(join(CACHE, 'bucketsync-screens-'));
  process.env.TEST_BUILD_FOLDER = folder;
  try {
    const { recordFirstHour } = await import('./screens/first-hour');
    const screens = await recordFirstHour();
    for (const old of readdirSync(SCREENS).filter((name) => name.endsWith('.txt'))) rmSync(join(SCREENS, old));
    for (const [name, screen] of screens) writeFileSync(join(SCREENS, name), screen);
  } finally {
    rmSync(folder, { recursive: true, maxRetries: 3 });
  }
}

void main();
