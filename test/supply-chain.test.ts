import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { collectLicences } from '../scripts/licences';
import { temporaryFolder } from './support/temporary-folder';

const ROOT = join(__dirname, '..');
const readJson = (path: string) => JSON.parse(readFileSync(join(ROOT, path), 'utf8'));

interface Entry {
  readonly integrity?: string;
  readonly resolved?: string;
  readonly link?: boolean;
  readonly inBundle?: boolean;
  readonly hasInstallScript?: boolean;
}

/** What npm downloads for a `package-lock.json`: not the packages in this repository, nor what lies inside of another package. */
function downloadedFor(folder: string): [path: string, Entry][] {
  const entries = Object.entries<Entry>(readJson(join(folder, 'package-lock.json')).packages);
  return entries.filter(([path, { link, inBundle }]) => /node_modules\//.test(path) && !link && !inBundle);
}

describe.each(['.', 'site'])('package-lock.json in %s', (folder) => {
  const downloaded = downloadedFor(folder);

  it('has the hash of each package that npm may download, for every platform', () => {
    expect(downloaded.length).toBeGreaterThan(100);
    expect(downloaded.filter(([, { integrity }]) => !/^sha512-[\w+/]{86}==$/.test(integrity ?? ''))).toEqual([]);
  });

  it('names no registry, so that each user asks their own', () => {
    expect(downloaded.filter(([, { resolved }]) => resolved !== undefined)).toEqual([]);
  });

  it('lets no package run a script when it is installed', () => {
    const withScripts = new Set(
      downloaded
        .filter(([, { hasInstallScript }]) => hasInstallScript)
        .map(([path]) => path.replace(/^.*node_modules\//, '')),
    );
    const { allowScripts } = readJson(join(folder, 'package.json'));
    expect([...withScripts].filter((name) => allowScripts[name] !== false && name !== 'fsevents')).toEqual([]);
    expect(Object.values(allowScripts)).not.toContain(true);
  });
});

it('holds the Node.js that runs the scripts, for Linux, macOS and Windows', () => {
  const { optionalDependencies } = readJson('scripts/node24/package.json');
  const locked = new Map(downloadedFor('.'));
  for (const [name, version] of Object.entries(optionalDependencies)) {
    expect(version).toMatch(/^24\.\d+\.\d+$/);
    expect(locked.get(`node_modules/${name}`)).toMatchObject({ version, bin: { node: expect.any(String) } });
  }
  expect(process.version).toMatch(/^v24\./);
});

describe('the licences of what is bundled', () => {
  function installed(license: unknown, files: Readonly<Record<string, string>> = {}): string {
    const root = temporaryFolder();
    const folder = join(root, 'node_modules/@a/b');
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: '@a/b', version: '1.0.0', license }));
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    return root;
  }
  const modules = ['node_modules/@a/b/index.js', 'node_modules/@a/b/lib/other.js', 'lambdas/engine/walk/walk.ts'];

  it('are included once each, with their notices', () => {
    const root = installed('Apache-2.0', { LICENSE: 'the licence', 'NOTICE.txt': 'the notice', 'README.md': 'no' });

    expect(collectLicences(root, modules)).toBe('@a/b 1.0.0 (Apache-2.0)\n\nthe licence\n\nthe notice');
  });

  it.each(['MIT', '(MIT OR GPL-3.0-only)', 'MIT OR Apache-2.0', 'MIT AND ISC'])('may be %s', (license) => {
    expect(collectLicences(installed(license), modules)).toBe(`@a/b 1.0.0 (${license})`);
  });

  it.each([
    'AGPL-3.0-only',
    'MIT AND GPL-2.0-only',
    'SEE LICENSE IN LICENSE',
    'UNLICENSED',
    '',
    undefined,
    { type: 'MIT' },
  ])('may not be %j', (license) => {
    expect(() => collectLicences(installed(license), modules)).toThrow(
      'Expected @a/b 1.0.0 to have one of the licences',
    );
  });
});
