import { join } from 'node:path';
import { version } from '../../../package.json';
import type { Command } from '../../frame/run-measured';
import { installer } from './install';
import { CREDENTIALS, type Tool, type ToolRun } from './tool';

const ROOT = join(__dirname, '../../..');

export const bucketsync: Tool = {
  name: 'bucketsync',
  version,
  flags: 'none; nightly `--max-deletes 5% --verify`',
  async prepare() {
    await installer('npm', ['run', 'build'], ROOT);
    return join(ROOT, 'dist');
  },
  command: (run) => runWith(run),
  nightly: (run) => [runWith(run, '--max-deletes', '5%', '--verify')],
};

function runWith({ folder, endpoint, scratch }: ToolRun, ...options: readonly string[]): Command {
  return {
    file: process.execPath,
    args: [
      ...[join(folder, 'bin/bucketsync.js'), 'run', 's3://source', 's3://destination'],
      // The server imitates AWS, where a list page is proof enough; the others send no HEAD before a delete either.
      ...['--proof', 'list'],
      ...['--endpoint-url', endpoint, '--report-location', scratch, '--json'],
      ...options,
    ],
    env: CREDENTIALS,
  };
}
