import { existsSync, globSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';
import { placeOf } from '../servers/catalogue';
import { install } from '../servers/install';

/** From Debian, taken apart in the cache: no root is needed, and nothing of the machine changes. */
const CHROMIUM = {
  name: 'chromium',
  version: 'debian',
  installation: { by: 'debian', packages: ['chromium-headless-shell', 'fonts-dejavu-core'] },
} as const;

const ON_THE_PATH = ['chromium-headless-shell', 'chromium', 'chromium-browser', 'google-chrome'];

/** Starts Chromium: the machine's own, or else the one from Debian, which is installed if it is not there yet. */
export async function startBrowser(): Promise<Browser> {
  const installed = ON_THE_PATH.map(findProgram).find((path) => path !== undefined);
  if (installed) return chromium.launch({ executablePath: installed, args: ['--no-sandbox'] });
  await install(CHROMIUM);
  const folder = placeOf(CHROMIUM);
  return chromium.launch({
    executablePath: join(folder, 'usr/lib/chromium/chromium-headless-shell'),
    // a container may have no user namespaces, and the pages are our own
    args: ['--no-sandbox'],
    env: {
      ...process.env,
      LD_LIBRARY_PATH: globSync(join(folder, '{usr/,}lib/*-linux-gnu{/pulseaudio,}')).join(delimiter),
    },
  });
}

function findProgram(name: string): string | undefined {
  const paths = (process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, name));
  return paths.find((path) => existsSync(path));
}
