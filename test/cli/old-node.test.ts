import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildLauncher } from '../../scripts/build-launcher';
import { temporaryFolder } from '../support/temporary-folder';
import { runCli } from './command-line';

const folder = temporaryFolder();

/** @returns a file that makes this Node.js take itself for another one */
function pretend(name: string, code: string): string {
  const file = join(folder, `${name}.cjs`);
  writeFileSync(file, code);
  return file;
}

const asNode = (version: string) =>
  pretend(`as-${version}`, `Object.defineProperty(process.versions, 'node', { value: '${version}' });`);

it('runs on a Node.js without a compile cache all the same', async () => {
  const preload = pretend('without-cache', `delete require('node:module').enableCompileCache;`);

  const { exitCode, stderr } = await runCli(undefined, ['--version'], '', { NODE_OPTIONS: `--require ${preload}` });

  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
});

it.each(['22.1.0', '20.20.2', '18.0.0', '8.17.0'])(
  'says in one line that Node.js %s is too old, and does nothing else',
  async (version) => {
    await buildLauncher(folder);

    // Nothing else of the program is there.
    const args = ['--require', asNode(version), join(folder, 'bin/bucketsync.js'), 'plan', '--json'];
    const ended = await new Promise((resolve) =>
      execFile(process.execPath, args, (error, stdout, stderr) => resolve({ exitCode: error?.code, stdout, stderr })),
    );

    const line = `bucketsync requires Node.js 22.19 or newer, but this is ${version}: ${process.execPath}\n`;
    expect(ended).toEqual({ exitCode: 1, stdout: '', stderr: line });
  },
);
