import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCli } from './command-line';

describe('Node.js 20, which has no compile cache', () => {
  it('runs the command line all the same', async () => {
    const preload = join(mkdtempSync(join(tmpdir(), 'bucketsync-test-')), 'as-node-20.cjs');
    writeFileSync(preload, `delete require('node:module').enableCompileCache;`);

    const { exitCode, stderr } = await runCli(undefined, ['--version'], '', { NODE_OPTIONS: `--require ${preload}` });

    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  });
});
