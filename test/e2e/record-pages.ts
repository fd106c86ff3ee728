import { rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { startBrowser } from './browser';
import { writePage } from './report-pages';

const SCREENS = join(__dirname, '../../docs/screens');

const PICTURES = [
  { name: 'page-wide', page: { failures: 0 }, size: { width: 1000, height: 1000 }, scheme: 'light' },
  { name: 'page-phone', page: { failures: 21 }, size: { width: 360, height: 1500 }, scheme: 'light' },
  { name: 'page-plan-dark', page: { failures: 0, dryRun: true }, size: { width: 1000, height: 1000 }, scheme: 'dark' },
] as const;

/** Takes the pictures of the page in docs/screens: `node --import ./bin/tsx.mjs test/e2e/record-pages.ts`. */
async function main(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'bucketsync-pages-'));
  const browser = await startBrowser();
  for (const { name, page: options, size, scheme } of PICTURES) {
    const page = await browser.newPage({ viewport: size, colorScheme: scheme });
    await page.goto(pathToFileURL(await writePage(folder, options)).href);
    await page.screenshot({ path: join(SCREENS, `${name}.png`) });
  }
  await browser.close();
  rmSync(folder, { recursive: true });
}

void main();
